import Foundation
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import product_service

@Suite struct CatalogueTests {
    @Test func `an operator offers a product and everybody reads it`() async throws {
        try await withProductService { shelf in
            let reply = try await shelf.client.send(
                .post, "/api/products",
                [
                    "name": "Teapot", "description": "Brown.\nHolds a litre.",
                    "price": ["amount": 1999, "currency": "EUR"], "stock": 3,
                ],
                authorization: shelf.operatorAuthorization)
            #expect(reply.status == 201)
            #expect(reply.body["description"] == "Brown.\nHolds a litre.")
            #expect(reply.body["price"] == ["amount": 1999, "currency": "EUR"])
            #expect(reply.body["stock"] == 3)
            let location = try #require(reply.headers[.location])
            #expect(try await shelf.client.send(.get, location).body == reply.body)
        }
    }

    @Test func `only the members that are present change`() async throws {
        try await withProductService { shelf in
            let id = try await shelf.offer(stock: 4)
            let change: JSONValue = ["name": "Kettle", "price": ["amount": 5, "currency": "USD"]]
            let reply = try await shelf.change(id, change)
            #expect(reply.status == 200)
            #expect(reply.body["name"] == "Kettle")
            #expect(reply.body["price"] == ["amount": 5, "currency": "USD"])
            #expect(reply.body["stock"] == 4)
            let restocked = try await shelf.change(id, ["stock": 0])
            #expect(restocked.body["stock"] == 0)
            #expect(restocked.body["name"] == "Kettle")
        }
    }

    @Test(
        arguments: [
            [:], ["name": ""], ["name": "x", "price": ["amount": -1, "currency": "EUR"], "stock": 0],
            ["name": "x", "price": ["amount": 1, "currency": "eur"], "stock": 0],
            ["name": "x", "price": ["amount": .number(1.5), "currency": "EUR"], "stock": 0],
            ["name": "x", "price": ["amount": 1, "currency": "EUR"], "stock": 1_000_000_001],
            ["name": "x", "price": ["amount": 1, "currency": "EUR"], "stock": 1, "id": "mine"],
            ["name": "a\nb", "price": ["amount": 1, "currency": "EUR"], "stock": 1],
            [
                "name": .string(String(repeating: "x", count: 201)), "price": ["amount": 1, "currency": "EUR"],
                "stock": 1,
            ],
        ] as [JSONValue])
    func `a product of another shape is a 422`(body: JSONValue) async throws {
        try await withProductService { shelf in
            let reply = try await shelf.client.send(
                .post, "/api/products", body, authorization: shelf.operatorAuthorization)
            #expect(reply.status == 422)
            #expect(reply.body["type"] == "invalid-body")
        }
    }

    @Test func `the catalogue is read page by page`() async throws {
        let fixture = try Fixture()
        try await fixture.serve { shelf in
            for number in 0..<5 {
                _ = try await shelf.offer("product \(number)")
                fixture.time.advance(by: .milliseconds(number % 2))
            }
            var names: Set<String> = []
            var cursor = ""
            repeat {
                let page = try await shelf.client.send(.get, "/api/products?limit=2\(cursor)").body
                names.formUnion(page["items"]?.array?.compactMap { $0["name"]?.string } ?? [])
                cursor = page["nextCursor"]?.string.map { "&cursor=\($0)" } ?? ""
            } while !cursor.isEmpty
            #expect(names == Set((0..<5).map { "product \($0)" }))
        }
    }

    @Test func `each caller may do exactly what the policy says`() async throws {
        let fixture = try Fixture()
        let user = "Bearer \(try fixture.mint.token())"
        try await fixture.serve { shelf in
            let id = try await shelf.offer(stock: 1)
            let reservation = UUID().text
            let offer: JSONValue = ["name": "x", "price": ["amount": 1, "currency": "EUR"], "stock": 1]
            let hold: JSONValue = [
                "reservationId": .string(reservation), "quantity": 1, "orderId": .string(UUID().text),
            ]
            let callers = [nil, user, shelf.operatorAuthorization, Shelf.service]
            let expected: [(HTTPRequest.Method, String, JSONValue?, [Int])] = [
                (.get, "", nil, [200, 200, 200, 200]), (.get, "/\(id)", nil, [200, 200, 200, 200]),
                (.get, "/\(UUID().text)", nil, [404, 404, 404, 404]), (.get, "/x", nil, [400, 400, 400, 400]),
                (.post, "", offer, [401, 403, 201, 403]), (.put, "/\(id)", [:], [401, 403, 200, 403]),
                (.put, "/\(UUID().text)", [:], [401, 403, 404, 403]),
                (.post, "/\(id)/stock-movements", ["delta": 1, "reason": "received"], [401, 403, 201, 403]),
                (.get, "/\(id)/stock-movements", nil, [401, 403, 200, 403]),
                (.get, "/\(UUID().text)/stock-movements", nil, [401, 403, 404, 403]),
                (.post, "/\(id)/reservations", hold, [401, 403, 403, 201]),
                (.post, "/\(id)/reservations/\(reservation)/confirm", nil, [401, 403, 403, 200]),
                (.post, "/\(id)/reservations/\(reservation)/return", nil, [401, 403, 403, 200]),
                (.post, "/\(id)/reservations/\(reservation)/release", nil, [401, 403, 403, 200]),
            ]
            for (method, path, body, statuses) in expected {
                for (caller, status) in zip(callers, statuses) {
                    let reply = try await shelf.client.send(
                        method, "/api/products\(path)", body, authorization: caller,
                        headers: method == .put ? [.ifMatch: "*"] : [:])
                    #expect(reply.status == status, "\(method) \(path) as \(caller ?? "nobody")")
                }
            }
        }
    }

    @Test func `without its settings nothing starts and every missing one is named`() {
        let error = #expect(throws: ConfigurationError.self) {
            let _: ProductServiceConfiguration = try ServiceMain.read(environment: ["RESERVATION_SECONDS": "0"])
        }
        #expect(
            error?.problems == [
                "DATABASE_URL is missing", "USER_SERVICE_URL is missing", "SERVICE_CREDENTIAL_FILE is missing",
                "RESERVATION_SECONDS must be a whole number from 1 to 86400",
            ])
    }
}

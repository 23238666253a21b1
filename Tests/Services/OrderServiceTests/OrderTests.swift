import Foundation
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import order_service

@Suite struct OrderTests {
    @Test func `an order is confirmed with names, prices and a total, and takes the pieces`() async throws {
        try await withShop { shop, shelf in
            let (teapot, mug) = (
                try await shelf.offer("Teapot", stock: 5, amount: 1999), try await shelf.offer("Mug", stock: 5)
            )
            let buyer = try shop.buyer()
            let script = Script()
            try await shop.serve(script) { client in
                let reply = try await client.order([(teapot, 2), (mug, 3)], by: buyer)
                #expect(reply.status == 201)
                #expect(reply.body["userId"]?.string == buyer.id.text)
                #expect(reply.body["status"] == "confirmed")
                #expect(reply.body["total"] == ["amount": 4748, "currency": "EUR"])
                let first = reply.body["items"]?.array?.first
                #expect(first?["productId"]?.string == teapot)
                #expect(first?["name"] == "Teapot")
                #expect(first?["quantity"] == 2)
                #expect(first?["unitPrice"] == ["amount": 1999, "currency": "EUR"])
                let path = try #require(reply.headers[.location])
                let read = try await client.send(.get, path, authorization: buyer.authorization)
                #expect(read.body == reply.body)
            }
            #expect(script.calls == ["check", "reserve", "reserve", "confirm", "confirm"])
            #expect(try await shelf.stock(teapot, mug) == [3, 2])
        }
    }

    @Test func `an order that cannot be is a problem, and stays readable as rejected`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let mug = try await shelf.offer("Mug", stock: 1)
            let dollars = try await shelf.offer("Cup", stock: 9, currency: "USD")
            let (buyer, stranger) = (try shop.buyer(), try shop.buyer(Shop.strangeBuyer))
            let cases: [([(String, Int64)], Buyer, Int, String, String)] = [
                ([(teapot, 1), (mug, 2)], buyer, 409, "insufficient-stock", "Mug"),
                ([(teapot, 1), (UUID().text, 1)], buyer, 422, "unknown-product", "no product"),
                ([(teapot, 1), (dollars, 1)], buyer, 422, "mixed-currencies", "one currency"),
                ([(teapot, 1)], stranger, 422, "unknown-buyer", stranger.id.text),
            ]
            try await shop.serve { client in
                for (items, buyer, status, type, detail) in cases {
                    let reply = try await client.order(items, by: buyer)
                    #expect(reply.status == status)
                    #expect(reply.body["type"]?.string == type)
                    #expect(reply.body["detail"]?.string?.contains(detail) == true)
                    let path = try #require(reply.headers[.location])
                    let order = try await client.send(.get, path, authorization: buyer.authorization).body
                    #expect(order["status"] == "rejected")
                    #expect(order["rejection"]?["type"]?.string == type)
                    let cancelled = try await client.send(.post, "\(path)/cancel", authorization: buyer.authorization)
                    #expect(cancelled.body["type"] == "order-rejected")
                }
            }
            #expect(try await shelf.stock(teapot, mug, dollars) == [5, 1, 9])
        }
    }

    @Test(
        arguments: [
            [:], ["items": []], ["items": [["productId": "x", "quantity": 1]]],
            ["items": [["productId": "7f9d6a5e-0000-4000-8000-000000000001", "quantity": 0]]],
            ["items": [["productId": "7f9d6a5e-0000-4000-8000-000000000001", "quantity": 1, "price": 1]]],
            [
                "items": [
                    ["productId": "7f9d6a5e-0000-4000-8000-000000000001", "quantity": 1],
                    ["productId": "7F9D6A5E-0000-4000-8000-000000000001", "quantity": 1],
                ]
            ],
            ["items": .array((0...50).map { _ in ["productId": .string(UUID().text), "quantity": 1] })],
            ["items": [["productId": "7f9d6a5e-0000-4000-8000-000000000001", "quantity": 1]], "userId": "me"],
        ] as [JSONValue])
    func `an order of another shape is a 422`(body: JSONValue) async throws {
        try await withShop { shop, _ in
            let buyer = try shop.buyer()
            try await shop.serve { client in
                let reply = try await client.send(.post, "/api/orders", body, authorization: buyer.authorization)
                #expect(reply.status == 422)
                #expect(reply.body["type"] == "invalid-body")
            }
        }
    }

    @Test func `an order is its owner's, and nobody else can tell that it exists`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let (ann, bob) = (try shop.buyer(), try shop.buyer())
            let boss = try shop.buyer(roles: [.user, .operator])
            try await shop.serve { client in
                let reply = try await client.order([(teapot, 1)], by: ann)
                let id = try #require(reply.body["id"]?.string)
                _ = try await client.order([(teapot, 1)], by: bob)
                let path = "/api/orders/\(id)"
                let callers: [(String?, [Int], Int)] = [
                    (nil, [401, 401, 401], 0), ("Service \(TokenMint.credential)", [403, 403, 403], 0),
                    (bob.authorization, [200, 404, 404], 1), (ann.authorization, [200, 200, 200], 1),
                    (boss.authorization, [200, 200, 200], 2),
                ]
                for (caller, statuses, count) in callers {
                    let list = try await client.send(.get, "/api/orders", authorization: caller)
                    let read = try await client.send(.get, path, authorization: caller)
                    let cancel = try await client.send(.post, "\(path)/cancel", authorization: caller)
                    #expect([list.status, read.status, cancel.status] == statuses, "\(caller ?? "nobody")")
                    #expect(list.body["items"]?.array?.count ?? 0 == count)
                }
                let nobody = try await client.send(.post, "/api/orders", ["items": []])
                #expect(nobody.status == 401)
            }
        }
    }

    @Test func `orders are read page by page`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 50)
            let buyer = try shop.buyer()
            try await shop.serve { client in
                var placed: Set<String> = []
                for _ in 0..<5 {
                    let reply = try await client.order([(teapot, 1)], by: buyer)
                    placed.insert(try #require(reply.body["id"]?.string))
                }
                var read: [String] = []
                var cursor = ""
                repeat {
                    let page = try await client.send(
                        .get, "/api/orders?limit=2\(cursor)", authorization: buyer.authorization
                    ).body
                    read += page["items"]?.array?.compactMap { $0["id"]?.string } ?? []
                    cursor = page["nextCursor"]?.string.map { "&cursor=\($0)" } ?? ""
                } while !cursor.isEmpty
                #expect(read.count == 5)
                #expect(Set(read) == placed)
            }
        }
    }

    @Test func `a cancelled order gives its pieces back once, however often it is cancelled`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            try await shop.serve { client in
                let id = try #require(try await client.order([(teapot, 2)], by: buyer).body["id"]?.string)
                let replies = try await withThrowingTaskGroup(of: TestReply.self) { group in
                    for _ in 0..<5 { group.addTask { try await client.cancel(id, by: buyer) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(replies.allSatisfy { $0.status == 200 && $0.body["status"] == "cancelled" })
                #expect(try await client.order(id, for: buyer).body["status"] == "cancelled")
            }
            #expect(shop.diary.events("order cancelled").count == 1)
            #expect(try await shelf.stock(teapot) == [5])
        }
    }

    @Test func `of twenty orders for seven pieces seven are confirmed`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 7)
            let buyer = try shop.buyer()
            try await shop.serve { client in
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<20 { group.addTask { try await client.order([(teapot, 1)], by: buyer).status } }
                    return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
                }
                #expect(statuses == [201: 7, 409: 13])
            }
            #expect(try await shelf.stock(teapot) == [0])
        }
    }

    @Test func `without its settings nothing starts and every missing one is named`() {
        let error = #expect(throws: ConfigurationError.self) {
            let _: OrderServiceConfiguration = try ServiceMain.read(environment: [:])
        }
        #expect(
            error?.problems == [
                "DATABASE_URL is missing", "USER_SERVICE_URL is missing", "PRODUCT_SERVICE_URL is missing",
                "SERVICE_CREDENTIAL_FILE is missing",
            ])
    }
}

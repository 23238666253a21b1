import Foundation
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import product_service

@Suite struct OfferOnceTests {
    private static let teapot: JSONValue = [
        "name": "Teapot", "price": ["amount": 1999, "currency": "EUR"], "stock": 3,
    ]

    private func offer(_ body: JSONValue, key: String, by authorization: String, _ shelf: Shelf) async throws
        -> TestReply
    {
        try await shelf.client.send(
            .post, "/api/products", body, authorization: authorization, headers: [.idempotencyKey: key])
    }

    @Test func `a product offered ten times with one key is offered once`() async throws {
        try await withProductService { shelf in
            let replies = try await withThrowingTaskGroup(of: TestReply.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        try await offer(Self.teapot, key: "k", by: shelf.operatorAuthorization, shelf)
                    }
                }
                return try await group.reduce(into: [TestReply]()) { $0.append($1) }
            }
            #expect(replies.allSatisfy { $0.status == 201 && $0.body == replies[0].body })
            #expect(try await shelf.items("/api/products?limit=5").count == 1)
        }
    }

    @Test func `a repeated offer answers with the product as it is now`() async throws {
        try await withProductService { shelf in
            let first = try await offer(Self.teapot, key: "k", by: shelf.operatorAuthorization, shelf)
            let id = try #require(first.body["id"]?.string)
            _ = try await shelf.change(id, ["name": "Kettle"])
            _ = try await shelf.reserve(1, of: id)
            // The same in another spelling.
            let repeated: JSONValue = [
                "stock": 3, "description": "", "price": ["currency": "EUR", "amount": 1999], "name": "Teapot",
            ]
            let second = try await offer(repeated, key: "k", by: shelf.operatorAuthorization, shelf)
            #expect(second.status == 201)
            #expect(second.headers[.location] == first.headers[.location])
            let now = try await shelf.client.send(.get, "/api/products/\(id)")
            #expect(now.body["name"] == "Kettle")
            #expect(second.body == now.body)
            #expect(second.headers[.eTag] == now.headers[.eTag])
        }
    }

    @Test func `a key stands for one offer of one operator for one day`() async throws {
        let fixture = try Fixture()
        let colleague = "Bearer \(try fixture.mint.token(username: "other", roles: [.user, .operator]))"
        try await fixture.serve { shelf in
            let own = shelf.operatorAuthorization
            let first = try await offer(Self.teapot, key: "k", by: own, shelf)
            let changed: JSONValue = ["name": "Teapot", "price": ["amount": 1998, "currency": "EUR"], "stock": 3]
            let reused = try await offer(changed, key: "k", by: own, shelf)
            #expect(reused.status == 422)
            #expect(reused.body["type"] == "idempotency-key-reused")
            let others = try await offer(Self.teapot, key: "k", by: colleague, shelf)
            #expect(others.status == 201)
            #expect(others.body["id"] != first.body["id"])
            #expect(try await offer(Self.teapot, key: "not one word", by: own, shelf).status == 400)

            fixture.time.advance(by: IdempotencyKey.lifetime)
            let next = try await offer(changed, key: "k", by: own, shelf)
            #expect(next.status == 201)
            #expect(next.body["id"] != first.body["id"])
        }
    }
}

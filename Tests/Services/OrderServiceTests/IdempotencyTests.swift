import Foundation
import GRDB
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import order_service

@Suite struct IdempotencyTests {
    @Test func `the same request with the same key is the same order`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            try await shop.serve { client in
                let first = try await client.order([(teapot, 2)], by: buyer, key: "k")
                #expect(first.status == 201)
                let second = try await client.order([(teapot, 2)], by: buyer, key: "k")
                #expect(second.status == 201)
                #expect(second.text == first.text)
                #expect(second.headers[.location] == first.headers[.location])
            }
            try await shop.serve { client in
                let id = try #require(shop.diary.events("order placed").first?["orderId"]?.string)
                _ = try await client.cancel(id, by: buyer)
                let third = try await client.order([(teapot, 2)], by: buyer, key: "k")
                #expect(third.status == 201)
                #expect(third.body["status"] == "confirmed", "the answer as it was, in another life and after a change")
            }
            #expect(shop.diary.events("order placed").count == 1)
        }
    }

    @Test func `a rejection is repeated too, even when it would go well now`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 1)
            let buyer = try shop.buyer()
            try await shop.serve { client in
                let first = try await client.order([(teapot, 2)], by: buyer, key: "k")
                _ = try await shelf.client.send(
                    .put, "/api/products/\(teapot)", ["stock": 9], authorization: shelf.operatorAuthorization,
                    headers: [.ifMatch: "*"])
                let second = try await client.order([(teapot, 2)], by: buyer, key: "k")
                #expect(first.status == 409)
                #expect(second.status == 409)
                #expect(second.headers[.location] == first.headers[.location])
                for member in ["type", "title", "detail", "instance"] {
                    #expect(second.body[member] == first.body[member])
                }
            }
            #expect(try await shelf.stock(teapot) == [9])
        }
    }

    @Test func `a key stands for one payload of one buyer for one day`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 9)
            let (ann, bob) = (try shop.buyer(), try shop.buyer())
            try await shop.serve { client in
                let first = try await client.order([(teapot, 1)], by: ann, key: "k")
                let other = try await client.order([(teapot, 2)], by: ann, key: "k")
                #expect(other.status == 422)
                #expect(other.body["type"] == "idempotency-key-reused")
                let others = try await client.order([(teapot, 2)], by: bob, key: "k")
                #expect(others.status == 201)
                #expect(others.body["id"] != first.body["id"])
            }
            #expect(try await shelf.stock(teapot) == [6])
        }
    }

    @Test func `a key is good for a day to the millisecond, whether or not anybody sweeps`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 9)
            let buyer = try shop.buyer()
            // Old keys are swept once, when the service begins.
            try await shop.serve { client in
                let first = try await client.order([(teapot, 1)], by: buyer, key: "k")
                shop.time.advance(by: IdempotencyKey.lifetime - .milliseconds(1))
                #expect(try await client.order([(teapot, 1)], by: buyer, key: "k").text == first.text)
                shop.time.advance(by: .milliseconds(1))
                let second = try await client.order([(teapot, 2)], by: buyer, key: "k")
                #expect(second.status == 201)
                #expect(second.body["id"] != first.body["id"])
                #expect(try await client.order([(teapot, 2)], by: buyer, key: "k").text == second.text)
            }
            #expect(try await shelf.stock(teapot) == [6])
        }
    }

    @Test func `keys whose day is over are deleted`() async throws {
        let directory = try TemporaryDirectory()
        let time = ManualClock()
        let database = try ServiceDatabase.open(
            path: "\(directory.path)/orders.db", durability: .normal, migrations: OrderSchema.migrations)
        let sagas = SagaStore(database: database, clock: time.clock, owner: "a", lease: .zero)
        let placements = PlacementStore(sagas: sagas, busy: .zero)
        let key = try IdempotencyKey([.idempotencyKey: "k"])
        for _ in 0..<2 {
            let line = Order.Line(productID: UUID(), quantity: 1)
            let saga = Saga(placing: [line], for: UUID(), asked: .fresh(), at: time.clock.now())
            _ = try await placements.place(saga, key: key, fingerprint: "")
            time.advance(by: IdempotencyKey.lifetime / 2)
        }
        try await placements.forgetOldKeys()
        let count = try await database.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM idempotency_keys") }
        #expect(count == 1)
        try database.close()
    }

    @Test func `while the first request runs, the second is told so`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            let (gate, opener) = AsyncStream.makeStream(of: Never.self)
            let arrivals = AsyncStream.makeStream(of: Void.self)
            let script = Script { call, moment in
                if call == 1, moment == .before {
                    arrivals.continuation.yield()
                    for await _ in gate {}
                }
                return .none
            }
            try await shop.serve(script) { client in
                async let first = client.order([(teapot, 1)], by: buyer, key: "k")
                for await _ in arrivals.stream { break }
                let second = try await client.order([(teapot, 1)], by: buyer, key: "k")
                #expect(second.status == 409)
                #expect(second.body["type"] == "request-in-progress")
                opener.finish()
                #expect(try await first.status == 201)
            }
        }
    }

    @Test func `ten requests with one key at once place one order`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 50)
            let buyer = try shop.buyer()
            try await shop.serve { client in
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<10 {
                        group.addTask { try await client.order([(teapot, 1)], by: buyer, key: "k").status }
                    }
                    return try await group.reduce(into: Set()) { $0.insert($1) }
                }
                #expect(statuses.isSubset(of: [201, 409]) && statuses.contains(201))
            }
            #expect(try await shelf.stock(teapot) == [49])
        }
    }

    @Test(arguments: ["", "two words", "é", String(repeating: "k", count: 129)])
    func `a key of another shape is a 400`(key: String) async throws {
        try await withShop { shop, _ in
            let buyer = try shop.buyer()
            try await shop.serve { client in
                let reply = try await client.order([(UUID().text, 1)], by: buyer, key: key)
                #expect(reply.status == 400)
            }
        }
    }
}

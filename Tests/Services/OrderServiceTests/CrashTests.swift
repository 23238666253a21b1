import Foundation
import GRDB
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import order_service

/// The order-service dies at every call to a neighbour, before it or after it has had its effect, and lives again on the
/// same database.
@Suite(.timeLimit(.minutes(1))) struct CrashTests {
    @Test(arguments: 1...5, Script.Moment.allCases)
    func `an order interrupted at any step is confirmed in the next life`(call: Int, moment: Script.Moment)
        async throws
    {
        try await withShop { shop, shelf in
            let (teapot, mug) = (try await shelf.offer("Teapot", stock: 5), try await shelf.offer("Mug", stock: 5))
            let buyer = try shop.buyer()
            let items: [(String, Int64)] = [(teapot, 2), (mug, 1)]
            try await shop.die(at: call, moment, placing: items, by: buyer)
            shop.time.advance(by: .seconds(10))
            try await shop.serve { client in
                let reply = try await client.order(items, by: buyer, key: "k")
                #expect(reply.status == 201)
                #expect(reply.body["status"] == "confirmed")
                #expect(reply.body["total"] == ["amount": 750, "currency": "EUR"])
                let list = try await client.send(.get, "/api/orders", authorization: buyer.authorization)
                #expect(list.body["items"] == [reply.body])
            }
            #expect(try await shelf.stock(teapot, mug) == [3, 4])
        }
    }

    @Test(arguments: 1...4, Script.Moment.allCases)
    func `an order that fails leaves nothing behind, wherever it was interrupted`(call: Int, moment: Script.Moment)
        async throws
    {
        try await withShop { shop, shelf in
            let (teapot, mug) = (try await shelf.offer("Teapot", stock: 5), try await shelf.offer("Mug", stock: 5))
            let buyer = try shop.buyer()
            let items: [(String, Int64)] = [(teapot, 2), (mug, 6)]
            try await shop.die(at: call, moment, placing: items, by: buyer)
            shop.time.advance(by: .seconds(10))
            try await shop.serve { client in
                let reply = try await client.order(items, by: buyer, key: "k")
                #expect(reply.status == 409)
                #expect(reply.body["type"] == "insufficient-stock")
                let path = try #require(reply.headers[.location])
                let order = try await client.send(.get, path, authorization: buyer.authorization)
                #expect(order.body["status"] == "rejected")
            }
            #expect(try await shelf.stock(teapot, mug) == [5, 5])
        }
    }

    @Test(arguments: 1...4, Script.Moment.allCases)
    func `a cancellation interrupted at any step is carried through`(call: Int, moment: Script.Moment) async throws {
        try await withShop { shop, shelf in
            let (teapot, mug) = (try await shelf.offer("Teapot", stock: 5), try await shelf.offer("Mug", stock: 5))
            let buyer = try shop.buyer()
            try await shop.serve { client in _ = try await client.order([(teapot, 2), (mug, 1)], by: buyer) }
            let id = try #require(shop.diary.events("order placed").first?["orderId"]?.string)
            try await shop.die(at: call, moment, cancelling: id, by: buyer)
            try await shop.serve { client in
                let reply = try await client.cancel(id, by: buyer)
                #expect(reply.status == 200)
                #expect(reply.body["status"] == "cancelled")
            }
            #expect(try await shelf.stock(teapot, mug) == [5, 5])
        }
    }

    @Test func `what is done in the next life is in the trace of the request`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            try await shop.die(at: 3, .before, placing: [(teapot, 2)], by: buyer)
            try await shop.serve { _ in
                let line = await shop.diary.line("order confirmed")
                #expect(line?["traceId"] == "4bf92f3577b34da6a3ce929d0e0e4736")
            }
            let lines = shop.diary.events.filter { $0["step"] != nil }
            #expect(lines.count == 3)
            #expect(lines.allSatisfy { $0["traceId"] == "4bf92f3577b34da6a3ce929d0e0e4736" })
            #expect(try await shelf.stock(teapot) == [3])
        }
    }

    @Test func `another instance leaves a saga alone until its lease is over, and then the first is too late`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let time = ManualClock()
        let database = try ServiceDatabase.open(
            path: "\(directory.path)/orders.db", durability: .normal, migrations: OrderSchema.migrations)
        let stores = ["a", "b"].map {
            SagaStore(database: database, clock: time.clock, owner: $0, lease: .seconds(30))
        }
        let saga = Saga(
            placing: [.init(productID: UUID(), quantity: 1)], for: UUID(), asked: .fresh(), at: time.clock.now())
        _ = try await PlacementStore(sagas: stores[0], busy: .seconds(10)).place(saga, key: nil, fingerprint: "")
        try await stores[1].endLeases()
        #expect(try await stores[1].claim(saga.order.id) == nil)
        let first = try #require(try await stores[0].claim(saga.order.id))
        time.advance(by: .seconds(30))
        #expect(try await stores[1].abandoned(limit: 10) == [saga.order.id])
        let second = try #require(try await stores[1].claim(saga.order.id))
        #expect(second.steps[0].attempts == 2)
        await #expect(throws: SagaRows.Superseded.self) { try await stores[0].save(first, over: first) }
        // The next life of the one that has it need not wait.
        try await stores[1].endLeases()
        #expect(try await stores[1].abandoned(limit: 10) == [saga.order.id])
        try database.close()
    }
}

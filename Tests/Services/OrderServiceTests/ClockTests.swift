import Foundation
import GRDB
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import order_service

/// Leases and keys follow the wall clock, which may be set. Whatever it says, nothing happens twice.
@Suite(.timeLimit(.minutes(1))) struct ClockTests {
    /// Holds the first life at a call until the gate opens.
    private func held(at call: Int, _ arrival: Gate, _ gate: Gate) -> Script {
        Script { number, moment in
            if number == call, moment == .after {
                arrival.open()
                await gate.pass()
            }
            return .none
        }
    }

    @Test(arguments: 1...5)
    func `an hour's jump hands an order to another instance, and it is bought and paid once`(call: Int) async throws {
        try await withShop(isPaid: true) { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            let (arrival, gate) = (Gate(), Gate())
            try await shop.serve(held(at: call, arrival, gate), instance: "order-service.2") { client in
                async let placed = client.order([(teapot, 2)], by: buyer)
                await arrival.pass()
                shop.time.advance(by: .seconds(3600))
                try await shop.serve(instance: "order-service.1") { _ in
                    let line = await shop.diary.line("order confirmed")
                    #expect(line?["instance"] == "order-service.1")
                }
                gate.open()
                _ = await shop.diary.line("another instance has taken the order over")
                #expect(try await placed.body["status"] == "confirmed")
            }
            #expect(shop.diary.events("order confirmed").count == 1)
            #expect(shop.ledger.entries.map(\.charges) == [1])
            #expect(try await shelf.stock(teapot) == [3])
        }
    }

    @Test func `an hour's jump back leaves an order with the instance that has it`() async throws {
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
        let claimed = try #require(try await stores[0].claim(saga.order.id))
        time.advance(by: .seconds(-3600))
        #expect(try await stores[1].abandoned(limit: 10) == [])
        #expect(try await stores[1].claim(saga.order.id) == nil)
        // The first goes on, and with its next change the lease is of the new time.
        var changed = claimed
        changed.succeed(at: time.clock.now())
        _ = try await stores[0].save(changed, over: claimed)
        time.advance(by: .seconds(30))
        #expect(try await stores[1].abandoned(limit: 10) == [saga.order.id])
        try database.close()
    }

    @Test(arguments: [3600, -3600])
    func `a request sent again after a jump is the same order`(jump: Int) async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            let (arrival, gate) = (Gate(), Gate())
            try await shop.serve(held(at: 2, arrival, gate)) { client in
                async let first = client.order([(teapot, 2)], by: buyer, key: "k")
                await arrival.pass()
                shop.time.advance(by: .seconds(jump))
                async let second = client.order([(teapot, 2)], by: buyer, key: "k")
                if jump < 0 { #expect(try await second.body["type"] == "request-in-progress") }
                gate.open()
                let (one, two) = (try await first, try await second)
                #expect(one.status == 201)
                if jump > 0 { #expect(two.body["id"] == one.body["id"]) }
                let third = try await client.order([(teapot, 2)], by: buyer, key: "k")
                #expect(third.text == one.text)
            }
            #expect(shop.diary.events("order placed").count == 1)
            #expect(try await shelf.stock(teapot) == [3])
        }
    }
}

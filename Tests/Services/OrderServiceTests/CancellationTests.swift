import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import order_service

/// A cancellation that comes while the order is being decided has one outcome: it is refused, or the order was confirmed
/// and is undone. Nothing is sold and paid back.
@Suite(.timeLimit(.minutes(1))) struct CancellationTests {
    @Test(arguments: 1...5, Script.Moment.allCases)
    func `an order that is not decided yet is not cancelled, whatever step it is at`(
        call: Int, moment: Script.Moment
    ) async throws {
        try await withShop(isPaid: true) { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            let (gate, arrival) = (Gate(), Gate())
            let script = Script { number, when in
                if number == call, when == moment {
                    arrival.open()
                    await gate.pass()
                }
                return .none
            }
            try await shop.serve(script) { client in
                async let placed = client.order([(teapot, 2)], by: buyer)
                await arrival.pass()
                let id = try #require(await shop.diary.line("order placed")?["orderId"]?.string)
                let early = try await client.cancel(id, by: buyer)
                #expect(early.status == 409)
                #expect(early.body["type"] == "order-in-progress")
                #expect(try await client.order(id, for: buyer).body["status"] == "pending")
                gate.open()
                #expect(try await placed.body["status"] == "confirmed")
            }
            #expect(shop.ledger.entries.map(\.status) == ["captured"])
            #expect(try await shelf.stock(teapot) == [3])
        }
    }

    @Test(arguments: 1...10)
    func `cancellations that race with the last step undo the whole order or nothing of it`(round: Int) async throws {
        try await withShop(isPaid: true) { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            let capture = Gate()
            let script = Script { number, moment in
                if number == 5, moment == .after { capture.open() }
                return .none
            }
            try await shop.serve(script) { client in
                async let placed = client.order([(teapot, 2)], by: buyer)
                let id = try #require(await shop.diary.line("order placed")?["orderId"]?.string)
                await capture.pass()
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<round * 2 { group.addTask { try await client.cancel(id, by: buyer).status } }
                    return try await group.reduce(into: Set()) { $0.insert($1) }
                }
                #expect(statuses.isSubset(of: [200, 409]))
                // Confirmed when it was decided, whatever came then.
                #expect(try await placed.status == 201)
                let order = try await client.order(id, for: buyer).body
                let isCancelled = statuses.contains(200)
                #expect(order["status"] == (isCancelled ? "cancelled" : "confirmed"))
                #expect(shop.ledger.entries.map(\.status) == [isCancelled ? "refunded" : "captured"])
                #expect(shop.ledger.entries.map(\.charges) == [1])
                #expect(try await shelf.stock(teapot) == [isCancelled ? 5 : 3])
            }
        }
    }
}

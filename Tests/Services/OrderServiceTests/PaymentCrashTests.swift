import Foundation
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import order_service

/// As ``CrashTests``, with money: wherever the order-service dies, the buyer pays for what is confirmed and for nothing
/// else.
@Suite(.timeLimit(.minutes(1))) struct PaymentCrashTests {
    @Test(arguments: 1...7, Script.Moment.allCases)
    func `an order interrupted at any step is paid once`(call: Int, moment: Script.Moment) async throws {
        try await withShop(isPaid: true) { shop, shelf in
            let (teapot, mug) = (try await shelf.offer("Teapot", stock: 5), try await shelf.offer("Mug", stock: 5))
            let buyer = try shop.buyer()
            let items: [(String, Int64)] = [(teapot, 2), (mug, 1)]
            try await shop.die(at: call, moment, placing: items, by: buyer)
            shop.time.advance(by: .seconds(10))
            try await shop.serve { client in
                let reply = try await client.order(items, by: buyer, key: "k")
                #expect(reply.status == 201)
                #expect(reply.body["status"] == "confirmed")
            }
            let total: JSONValue = ["amount": 750, "currency": "EUR"]
            #expect(shop.ledger.entries == [.init(amount: total, status: "captured", charges: 1)])
            #expect(try await shelf.stock(teapot, mug) == [3, 4])
        }
    }

    @Test(arguments: 1...6, Script.Moment.allCases)
    func `a cancellation interrupted at any step pays back once`(call: Int, moment: Script.Moment) async throws {
        try await withShop(isPaid: true) { shop, shelf in
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
            let total: JSONValue = ["amount": 750, "currency": "EUR"]
            #expect(shop.ledger.entries == [.init(amount: total, status: "refunded", charges: 1, refunds: 1)])
            #expect(try await shelf.stock(teapot, mug) == [5, 5])
        }
    }

    @Test(arguments: 6...10, Script.Moment.allCases)
    func `an order that fails after its money is held charges nothing, wherever it was interrupted`(
        call: Int, moment: Script.Moment
    ) async throws {
        try await withShop(isPaid: true) { shop, shelf in
            let (teapot, mug) = (try await shelf.offer("Teapot", stock: 5), try await shelf.offer("Mug", stock: 5))
            let buyer = try shop.buyer()
            let items: [(String, Int64)] = [(teapot, 2), (mug, 1)]
            try await shop.die(at: call, moment, placing: items, by: buyer) { number, when in
                // The teapots are bought; the mug's reservation ends just before it is confirmed.
                if number == 6, when == .before { await shelf.release(of: mug, in: shop) }
                return .none
            }
            shop.time.advance(by: .seconds(10))
            try await shop.serve { client in
                let reply = try await client.order(items, by: buyer, key: "k")
                #expect(reply.status == 409)
                #expect(reply.body["type"] == "reservation-lost")
            }
            let total: JSONValue = ["amount": 750, "currency": "EUR"]
            #expect(shop.ledger.entries == [.init(amount: total, status: "voided")])
            #expect(try await shelf.stock(teapot, mug) == [5, 5])
        }
    }
}

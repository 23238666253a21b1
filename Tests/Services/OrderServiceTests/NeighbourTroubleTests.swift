import Foundation
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Synchronization
import Testing

@testable import order_service

@Suite(.timeLimit(.minutes(1))) struct NeighbourTroubleTests {
    @Test(arguments: Script.Moment.allCases)
    func `neighbours that do not answer are asked again, and everything happens once`(moment: Script.Moment)
        async throws
    {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            // Of three calls only the last one's answer arrives.
            let script = Script { call, when in when == moment && call % 3 != 0 ? .unavailable : .none }
            try await shop.serve(script) { client in
                let reply = try await client.order([(teapot, 2)], by: buyer)
                #expect(reply.status == 201)
                let cancelled = try await client.cancel(try #require(reply.body["id"]?.string), by: buyer)
                #expect(cancelled.status == 200)
            }
            #expect(script.calls == ["check", "reserve", "confirm", "return", "release"].flatMap { [$0, $0, $0] })
            #expect(shop.diary.events("a neighbour does not answer, trying again").count == 10)
            #expect(try await shelf.stock(teapot) == [5])
        }
    }

    @Test func `a reservation that was lost takes the confirmed ones back with it`() async throws {
        try await withShop { shop, shelf in
            let (teapot, mug) = (try await shelf.offer("Teapot", stock: 5), try await shelf.offer("Mug", stock: 5))
            let buyer = try shop.buyer()
            let script = Script { call, moment in
                guard call == 5, moment == .before else { return .none }
                // The mugs' reservation ends just before it is confirmed.
                await shelf.release(of: mug, in: shop)
                return .none
            }
            try await shop.serve(script) { client in
                let reply = try await client.order([(teapot, 2), (mug, 1)], by: buyer)
                #expect(reply.status == 409)
                #expect(reply.body["type"] == "reservation-lost")
            }
            #expect(script.calls.suffix(3) == ["return", "release", "release"])
            #expect(try await shelf.stock(teapot, mug) == [5, 5])
        }
    }

    @Test func `a request that has waited long enough answers 202 and the order goes on`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            let (gate, opener) = AsyncStream.makeStream(of: Never.self)
            let script = Script { call, moment in
                if call == 2, moment == .before { for await _ in gate {} }
                return .none
            }
            try await shop.serve(script, policy: Shop.policy(patience: .zero)) { client in
                let reply = try await client.order([(teapot, 2)], by: buyer, key: "k")
                #expect(reply.status == 202)
                #expect(reply.body["status"] == "pending")
                #expect(reply.body["total"] == .null)
                let id = try #require(reply.body["id"]?.string)
                #expect(reply.headers[.location] == "/api/orders/\(id)")
                let early = try await client.cancel(id, by: buyer)
                #expect(early.status == 409)
                #expect(early.body["type"] == "order-in-progress")

                opener.finish()
                _ = await shop.diary.line("order confirmed")
                #expect(try await client.order(id, for: buyer).body["status"] == "confirmed")
                let replay = try await client.order([(teapot, 2)], by: buyer, key: "k")
                #expect(replay.status == 202)
                #expect(replay.body == reply.body)
            }
            #expect(try await shelf.stock(teapot) == [3])
        }
    }

    @Test func `a cancellation that has waited long enough answers 202 and is carried through`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            try await shop.serve { client in _ = try await client.order([(teapot, 2)], by: buyer) }
            let id = try #require(shop.diary.events("order placed").first?["orderId"]?.string)
            let (gate, opener) = AsyncStream.makeStream(of: Never.self)
            let script = Script { _, moment in
                if moment == .before { for await _ in gate {} }
                return .none
            }
            try await shop.serve(script, policy: Shop.policy(patience: .zero)) { client in
                let reply = try await client.cancel(id, by: buyer)
                #expect(reply.status == 202)
                #expect(reply.body["status"] == "cancelled")
                opener.finish()
                _ = await shop.diary.line("order undone")
            }
            #expect(try await shelf.stock(teapot) == [5])
        }
    }

    @Test func `a neighbour that refuses for reasons of its own does not cost anybody an order`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            // The order-service shows a credential that the others do not know.
            try shop.directory.write("credential", "another-credential-of-at-least-32-bytes")
            try await shop.serve(Self.onceOnly(), policy: Shop.policy(patience: .zero)) { client in
                let reply = try await client.order([(teapot, 1)], by: buyer)
                #expect(reply.status == 202)
                let line = await shop.diary.line("a neighbour does not answer, trying again")
                #expect(line?["reason"]?.string?.hasPrefix("user-service answered 401") == true)
            }
            try shop.directory.write("credential", TokenMint.credential)
            try await shop.serve { _ in
                _ = await shop.diary.line("order confirmed")
            }
            #expect(try await shelf.stock(teapot) == [4])
        }
    }

    /// Lets the first call through and holds the second until the service stops.
    private static func onceOnly() -> Script {
        Script { call, _ in
            if call > 1 { await Grave.stay() }
            return .none
        }
    }
}

extension Shelf {
    /// Ends the reservation of `product` by the only order there is, as the product-service's sweeper would.
    func release(of product: String, in shop: Shop) async {
        let reserved = shop.diary.events("step done").last { $0["productId"]?.string == product }
        let id = reserved?["reservationId"]?.string ?? ""
        do {
            let reply = try await client.send(
                .post, "/api/products/\(product)/reservations/\(id)/release",
                authorization: "Service \(TokenMint.credential)")
            #expect(reply.body["status"] == "released")
        } catch {
            Issue.record(error)
        }
    }
}

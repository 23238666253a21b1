import Foundation
import GRDB
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import order_service

/// Two instances on one database, as there are while one replaces the other.
@Suite(.timeLimit(.minutes(2))) struct TwoInstancesTests {
    private func withTwo(
        _ shop: Shop, _ test: @escaping @Sendable ([any TestClientProtocol]) async throws -> Void
    ) async throws {
        try await shop.serve(instance: "order-service.1") { one in
            try await shop.serve(instance: "order-service.2") { two in try await test([one, two]) }
        }
    }

    @Test func `two begin at once on a new database and are one service`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...2 {
                    group.addTask {
                        try await shop.serve(instance: "order-service.\(number)") { client in
                            let reply = try await client.order([(teapot, 1)], by: buyer)
                            #expect(reply.status == 201)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await shelf.stock(teapot) == [3])
        }
    }

    @Test func `orders placed at both are each placed once`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 30)
            let buyer = try shop.buyer()
            try await withTwo(shop) { clients in
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<40 {
                        group.addTask {
                            try await clients[number % 2].order([(teapot, 1)], by: buyer, key: "\(number)").status
                        }
                    }
                    return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
                }
                #expect(statuses == [201: 30, 409: 10])
                for client in clients {
                    let list = try await client.send(.get, "/api/orders?limit=100", authorization: buyer.authorization)
                    #expect(list.body["items"]?.array?.count == 40)
                }
            }
            #expect(try await shelf.stock(teapot) == [0])
            // Nobody has run a saga that the other was running.
            #expect(shop.diary.events("step done").count == 30 * 3 + 10)
            #expect(shop.diary.events("another instance has taken the order over").isEmpty)
        }
    }

    @Test func `one request sent to both is one order`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            try await withTwo(shop) { clients in
                async let one = clients[0].order([(teapot, 1)], by: buyer, key: "k")
                async let two = clients[1].order([(teapot, 1)], by: buyer, key: "k")
                let replies = try await [one, two]
                #expect(replies.contains { $0.status == 201 })
                #expect(replies.allSatisfy { $0.status == 201 || $0.body["type"] == "request-in-progress" })
            }
            #expect(shop.diary.events("order placed").count == 1)
            #expect(try await shelf.stock(teapot) == [4])
        }
    }

    @Test func `what one leaves unfinished when it stops, the other finishes without waiting for its lease`()
        async throws
    {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            let grave = Grave()
            try await shop.serve(Script(grave.at(2, .after)), instance: "order-service.2") { client in
                let request = Task { try await client.order([(teapot, 2)], by: buyer) }
                await grave.arrival()
                request.cancel()
                _ = await request.result
            }
            try await shop.serve(instance: "order-service.1") { _ in
                let line = await shop.diary.line("order confirmed")
                #expect(line?["instance"] == "order-service.1")
            }
            #expect(try await shelf.stock(teapot) == [3])
        }
    }

    @Test func `a cancellation asked of both is done once`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            try await withTwo(shop) { clients in
                let order = try #require(try await clients[0].order([(teapot, 2)], by: buyer).body["id"]?.string)
                async let one = clients[0].cancel(order, by: buyer)
                async let two = clients[1].cancel(order, by: buyer)
                let replies = try await [one, two]
                #expect(replies.allSatisfy { $0.status == 200 || $0.status == 202 })
            }
            #expect(shop.diary.events("order cancelled").count == 1)
            #expect(try await shelf.stock(teapot) == [5])
        }
    }
}

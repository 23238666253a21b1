import Foundation
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import product_service

@Suite struct StockMovementTests {
    @Test func `every change of the stock says why, for what and by whom`() async throws {
        let fixture = try Fixture()
        try await fixture.serve { shelf in
            await fixture.rounds.first()
            let product = try await shelf.offer(stock: 10)
            let ids = (released: UUID(), sold: UUID(), expired: UUID())
            let order = UUID()
            _ = try await shelf.reserve(1, of: product, as: ids.released, for: order)
            _ = try await shelf.tell("release", ids.released, of: product)
            _ = try await shelf.reserve(2, of: product, as: ids.sold, for: order)
            _ = try await shelf.tell("confirm", ids.sold, of: product)
            _ = try await shelf.tell("return", ids.sold, of: product)
            _ = try await shelf.reserve(3, of: product, as: ids.expired, for: order)
            fixture.time.advance(by: .seconds(900))
            await fixture.rounds.next()
            _ = try await shelf.change(product, ["name": "Kettle", "stock": 4])
            let moved = try await shelf.move(-1, "damaged", of: product)
            #expect(moved.status == 201)

            let movements = try await shelf.movements(of: product)
            #expect(movements.first == moved.body)
            #expect(moved.body["productId"]?.string == product)
            #expect(moved.body["createdAt"] == fixture.time.clock.now().json)
            let human = fixture.operatorID.text
            let expected: [(String, Int64, UUID?, String)] = [
                ("created", 10, nil, human), ("reserved", -1, ids.released, "service"),
                ("released", 1, ids.released, "service"), ("reserved", -2, ids.sold, "service"),
                ("returned", 2, ids.sold, "service"), ("reserved", -3, ids.expired, "service"),
                ("expired", 3, ids.expired, "service"), ("adjusted", -6, nil, human), ("damaged", -1, nil, human),
            ]
            #expect(movements.count == expected.count)
            var stock: Int64 = 0
            for (movement, (reason, delta, reference, actor)) in zip(movements.reversed(), expected) {
                stock += delta
                #expect(movement["reason"]?.string == reason)
                #expect(movement["delta"]?.integer == delta)
                #expect(movement["reference"] == reference.map { .string($0.text) } ?? .null)
                #expect(movement["orderId"] == (reference == nil ? .null : .string(order.text)))
                #expect(movement["actor"]?.string == actor)
                #expect(movement["stockAfter"]?.integer == stock)
            }
        }
        #expect(try fixture.logs.events().contains { $0["message"] == "stock moved" && $0["reason"] == "damaged" })
    }

    @Test func `what changes no stock is no movement`() async throws {
        try await withProductService { shelf in
            let product = try await shelf.offer(stock: 0)
            let id = UUID()
            _ = try await shelf.tell("release", id, of: product)
            _ = try await shelf.reserve(1, of: product)
            _ = try await shelf.change(product, ["name": "Kettle", "stock": 0])
            #expect(try await shelf.movements(of: product).isEmpty)
        }
    }

    @Test func `a movement that cannot be is refused and changes nothing`() async throws {
        try await withProductService { shelf in
            let product = try await shelf.offer(stock: 2)
            let tag = try await shelf.tag(of: product)
            let expected: [(Int, String, Int, JSONValue)] = [
                (0, "received", 422, "invalid-body"), (1, "reserved", 422, "invalid-body"),
                (1, "because", 422, "invalid-body"), (-1_000_000_001, "lost", 422, "invalid-body"),
                (-3, "lost", 409, "insufficient-stock"), (1_000_000_000, "received", 409, "too-many-pieces"),
            ]
            for (delta, reason, status, type) in expected {
                let reply = try await shelf.move(delta, reason, of: product)
                #expect(reply.status == status)
                #expect(reply.body["type"] == type)
            }
            #expect(try await shelf.move(1, of: UUID().text).status == 404)
            #expect(try await shelf.tag(of: product) == tag)
            #expect(try await shelf.movements(of: product).count == 1)
            #expect(try await shelf.move(-2, "lost", of: product).status == 201)
        }
    }

    @Test func `a movement sent twice with one key is made once`() async throws {
        try await withProductService { shelf in
            let (product, other) = (try await shelf.offer(stock: 0), try await shelf.offer(stock: 0))
            let replies = try await withThrowingTaskGroup(of: TestReply.self) { group in
                for _ in 0..<10 { group.addTask { try await shelf.move(5, of: product, key: "delivery-7") } }
                return try await group.reduce(into: [TestReply]()) { $0.append($1) }
            }
            #expect(replies.allSatisfy { $0.status == 201 && $0.body == replies[0].body })
            #expect(try await shelf.stock(of: product) == 5)
            for reply in [
                try await shelf.move(6, of: product, key: "delivery-7"),
                try await shelf.move(5, "adjusted", of: product, key: "delivery-7"),
                try await shelf.move(5, of: other, key: "delivery-7"),
            ] {
                #expect(reply.status == 422)
                #expect(reply.body["type"] == "idempotency-key-reused")
            }
            #expect(try await shelf.stock(of: other) == 0)
        }
    }

    @Test func `the trail is read page by page while it grows`() async throws {
        try await withProductService { shelf in
            let product = try await shelf.offer(stock: 1)
            for _ in 0..<6 { _ = try await shelf.move(1, of: product) }
            let list = "/api/products/\(product)/stock-movements"
            let items = try await shelf.items("\(list)?limit=2") { _ in _ = try await shelf.move(1, of: product) }
            #expect(items.map { $0["stockAfter"]?.integer } == [7, 6, 5, 4, 3, 2, 1])

            // A cursor is good for the list that gave it out.
            let first = try await shelf.client.send(.get, "\(list)?limit=1", authorization: shelf.operatorAuthorization)
            let cursor = try #require(first.body["nextCursor"]?.string)
            let other = try await shelf.offer(stock: 1)
            for path in [
                "/api/products/\(other)/stock-movements?cursor=\(cursor)", "\(list)?cursor=x", "\(list)?page=2",
            ] {
                let reply = try await shelf.client.send(.get, path, authorization: shelf.operatorAuthorization)
                #expect(reply.status == 400)
            }
        }
    }
}

import Foundation
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import order_service

@Suite(.timeLimit(.minutes(1))) struct PaymentTests {
    @Test func `the money is held before anything is bought and taken when everything is`() async throws {
        try await withShop(isPaid: true) { shop, shelf in
            let (teapot, mug) = (try await shelf.offer("Teapot", stock: 5), try await shelf.offer("Mug", stock: 5))
            let buyer = try shop.buyer()
            let script = Script()
            try await shop.serve(script) { client in
                let reply = try await client.order([(teapot, 2), (mug, 1)], by: buyer)
                #expect(reply.status == 201)
                #expect(shop.ledger.entries == [.init(amount: reply.total, status: "captured", charges: 1)])
            }
            #expect(
                script.calls == ["check", "reserve", "reserve", "authorise", "confirm", "confirm", "capture"])
            #expect(shop.ledger.calls == ["authorise", "capture"])
        }
    }

    @Test func `a declined payment rejects the order and gives its pieces back`() async throws {
        try await withShop(isPaid: true) { shop, shelf in
            let crown = try await shelf.offer("Crown", stock: 5, amount: 60_000)
            let buyer = try shop.buyer()
            try await shop.serve { client in
                for _ in 0..<2 {
                    let reply = try await client.order([(crown, 2)], by: buyer, key: "k")
                    #expect(reply.status == 402)
                    #expect(reply.body["type"] == "payment-declined")
                    let path = try #require(reply.headers[.location])
                    let order = try await client.send(.get, path, authorization: buyer.authorization)
                    #expect(order.body["status"] == "rejected")
                    #expect(order.body["rejection"]?["type"] == "payment-declined")
                }
            }
            #expect(shop.ledger.calls == ["authorise"])
            #expect(try await shelf.stock(crown) == [5])
        }
    }

    @Test(arguments: ["authorise", "capture"], [Ledger.Trouble.lost, .silent])
    func `a provider that does it and does not say so is asked what became of it, and charges once`(
        call: String, trouble: Ledger.Trouble
    ) async throws {
        try await withShop(isPaid: true) { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            shop.ledger.trouble { name, number in name == call && number == 1 ? trouble : .none }
            try await shop.serve(policy: Shop.impatient()) { client in
                let reply = try await client.order([(teapot, 2)], by: buyer)
                #expect(reply.status == 201)
                #expect(shop.ledger.entries == [.init(amount: reply.total, status: "captured", charges: 1)])
            }
            #expect(shop.ledger.calls.count { $0 == call } == 1)
            #expect(shop.ledger.calls.count { $0 == "look-up" } == 1)
        }
    }

    @Test(arguments: [Ledger.Trouble.lost, .silent, .down])
    func `while nothing can be found out it is asked again, under the same name`(trouble: Ledger.Trouble) async throws {
        try await withShop(isPaid: true) { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            shop.ledger.trouble { name, number in
                if number > 2 { return .none }
                return name == "look-up" ? .down : trouble
            }
            try await shop.serve(policy: Shop.impatient()) { client in
                let reply = try await client.order([(teapot, 2)], by: buyer)
                #expect(reply.status == 201)
                #expect(shop.ledger.entries == [.init(amount: reply.total, status: "captured", charges: 1)])
                let id = try #require(reply.body["id"]?.string)
                #expect(try await client.cancel(id, by: buyer).status == 200)
                #expect(
                    shop.ledger.entries == [.init(amount: reply.total, status: "refunded", charges: 1, refunds: 1)])
            }
            #expect(try await shelf.stock(teapot) == [5])
        }
    }

    @Test func `a cancelled order is paid back once, however often it is cancelled`() async throws {
        try await withShop(isPaid: true) { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            let script = Script()
            try await shop.serve(script) { client in
                let reply = try await client.order([(teapot, 2)], by: buyer)
                let id = try #require(reply.body["id"]?.string)
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<5 { group.addTask { try await client.cancel(id, by: buyer).status } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(statuses == [200, 200, 200, 200, 200])
                #expect(
                    shop.ledger.entries == [.init(amount: reply.total, status: "refunded", charges: 1, refunds: 1)])
            }
            #expect(script.calls.suffix(4) == ["refund", "return", "void", "release"])
            #expect(try await shelf.stock(teapot) == [5])
        }
    }

    @Test func `what was held for an order that came to nothing is let go`() async throws {
        try await withShop(isPaid: true) { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            let script = Script { call, moment in
                if call == 4, moment == .before { await shelf.release(of: teapot, in: shop) }
                return .none
            }
            try await shop.serve(script) { client in
                let reply = try await client.order([(teapot, 2)], by: buyer)
                #expect(reply.body["type"] == "reservation-lost")
            }
            #expect(script.calls == ["check", "reserve", "authorise", "confirm", "void", "release"])
            #expect(shop.ledger.entries.map(\.status) == ["voided"])
            #expect(shop.ledger.entries.map(\.charges) == [0])
            #expect(try await shelf.stock(teapot) == [5])
        }
    }

    @Test func `a provider that is down for long delays orders and refunds, and loses none`() async throws {
        try await withShop(isPaid: true) { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            shop.ledger.trouble { _, number in number <= 20 ? .down : .none }
            try await shop.serve(policy: Shop.policy(patience: .zero)) { client in
                let reply = try await client.order([(teapot, 2)], by: buyer)
                #expect(reply.status == 202)
                let id = try #require(reply.body["id"]?.string)
                _ = await shop.diary.line("order confirmed")
                let cancelled = try await client.cancel(id, by: buyer)
                #expect(cancelled.status == 202)
                #expect(cancelled.body["status"] == "cancelled")
                _ = await shop.diary.line("order undone")
            }
            #expect(shop.ledger.entries.map(\.status) == ["refunded"])
            #expect(shop.ledger.entries.map(\.charges) == [1])
            #expect(shop.ledger.entries.map(\.refunds) == [1])
            #expect(try await shelf.stock(teapot) == [5])
        }
    }

    @Test func `an order for nothing is paid by nobody`() async throws {
        try await withShop(isPaid: true) { shop, shelf in
            let leaflet = try await shelf.offer("Leaflet", stock: 5, amount: 0)
            let buyer = try shop.buyer()
            try await shop.serve { client in
                let reply = try await client.order([(leaflet, 1)], by: buyer)
                #expect(reply.status == 201)
                let id = try #require(reply.body["id"]?.string)
                #expect(try await client.cancel(id, by: buyer).status == 200)
            }
            #expect(shop.ledger.calls == [])
        }
    }

    @Test func `an order on account stays so when payments come, and one to be paid waits while they are gone`()
        async throws
    {
        try await withShop(isPaid: true) { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            try await shop.die(at: 2, .after, placing: [(teapot, 1)], by: buyer, isPaid: false)
            shop.time.advance(by: .seconds(10))
            try await shop.serve { client in
                let reply = try await client.order([(teapot, 1)], by: buyer, key: "k")
                #expect(reply.status == 201)
            }
            #expect(shop.ledger.calls == [])

            try await shop.die(at: 3, .before, placing: [(teapot, 2)], by: buyer, key: "l")
            try await shop.serve(policy: Shop.onceOnly(), isPaid: false) { _ in
                let line = await shop.diary.line("a neighbour does not answer, trying again")
                #expect(line?["reason"] == "PAYMENT_URL is not set")
            }
            shop.time.advance(by: .seconds(10))
            try await shop.serve { client in
                let reply = try await client.order([(teapot, 2)], by: buyer, key: "l")
                #expect(reply.status == 201)
            }
            #expect(shop.ledger.entries.map(\.charges) == [1])
        }
    }

    @Test func `settings of payments that cannot be used are all named`() async throws {
        try await withShop(isPaid: true) { shop, _ in
            func problems(_ changes: [String: String?]) -> [String] {
                var environment = shop.environment(isPaid: true)
                for (name, value) in changes { environment[name] = value }
                do throws(ConfigurationError) {
                    let _: OrderServiceConfiguration = try ServiceMain.read(environment: environment)
                    return []
                } catch {
                    return error.problems
                }
            }
            #expect(problems([:]) == [])
            #expect(problems(["PAYMENT_URL": "", "PAYMENT_CREDENTIAL_FILE": nil]) == [])
            #expect(problems(["PAYMENT_URL": nil]) == ["PAYMENT_CREDENTIAL_FILE is of no use without PAYMENT_URL"])
            #expect(
                problems(["PAYMENT_URL": "https://bank/api", "PAYMENT_CREDENTIAL_FILE": nil]) == [
                    "PAYMENT_URL must be an http address without a path", "PAYMENT_CREDENTIAL_FILE is missing",
                ])
            #expect(
                problems(["PAYMENT_URLS": "http://bank"]) == [
                    "PAYMENT_URLS is not a setting; did you mean PAYMENT_URL?"
                ])
        }
    }
}

extension TestReply {
    fileprivate var total: JSONValue { body["total"] ?? .null }
}

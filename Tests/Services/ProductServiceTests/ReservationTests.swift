import Foundation
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import product_service

@Suite struct ReservationTests {
    @Test func `a reservation takes pieces and keeps name and price as they were`() async throws {
        let fixture = try Fixture()
        try await fixture.serve { shelf in
            let product = try await shelf.offer(stock: 10)
            let (id, order) = (UUID(), UUID())
            let reply = try await shelf.reserve(3, of: product, as: id, for: order)
            #expect(reply.status == 201)
            #expect(reply.body["id"]?.string == id.text)
            #expect(reply.body["productId"]?.string == product)
            #expect(reply.body["quantity"] == 3)
            #expect(reply.body["status"] == "held")
            #expect(reply.body["expiresAt"] == (fixture.time.clock.now() + .seconds(900)).json)
            #expect(try await shelf.stock(of: product) == 7)

            _ = try await shelf.change(
                product, ["name": "Kettle", "price": ["amount": 1, "currency": "USD"]])
            let again = try await shelf.reserve(3, of: product, as: id, for: order)
            #expect(again.status == 200)
            #expect(again.body == reply.body)
            #expect(again.body["unitPrice"] == ["amount": 1999, "currency": "EUR"])
            #expect(try await shelf.stock(of: product) == 7)
        }
        #expect(
            try fixture.logs.events().contains { $0["message"] == "stock reserved" && $0["orderId"] != nil })
    }

    @Test func `an id stands for one content`() async throws {
        try await withProductService { shelf in
            let product = try await shelf.offer()
            let other = try await shelf.offer()
            let (id, order) = (UUID(), UUID())
            _ = try await shelf.reserve(3, of: product, as: id, for: order)
            for reply in [
                try await shelf.reserve(4, of: product, as: id, for: order),
                try await shelf.reserve(3, of: product, as: id, for: UUID()),
                try await shelf.reserve(3, of: other, as: id, for: order),
            ] {
                #expect(reply.status == 422)
                #expect(reply.body["type"] == "reservation-id-reused")
            }
            #expect(try await shelf.tell("release", id, of: other).status == 404)
            #expect(try await shelf.stock(of: product) == 7)
            #expect(try await shelf.stock(of: other) == 10)
        }
    }

    @Test func `too many pieces and an unknown product are told apart`() async throws {
        try await withProductService { shelf in
            let product = try await shelf.offer("Teapot", stock: 2)
            let short = try await shelf.reserve(3, of: product)
            #expect(short.status == 409)
            #expect(short.body["type"] == "insufficient-stock")
            #expect(short.body["detail"]?.string?.contains("Teapot") == true)
            let unknown = try await shelf.reserve(1, of: UUID().text)
            #expect(unknown.status == 404)
            #expect(unknown.body["type"] == "unknown-product")
            #expect(try await shelf.stock(of: product) == 2)
        }
    }

    @Test(arguments: [0, 10_001, -1]) func `a quantity out of bounds is a 422`(quantity: Int) async throws {
        try await withProductService { shelf in
            let reply = try await shelf.reserve(quantity, of: UUID().text)
            #expect(reply.status == 422)
        }
    }

    /// What each verb answers after the ones before it, and the pieces there are then, of 10 with 4 reserved.
    @Test(
        arguments: [
            (["confirm", "confirm"], [200, 200], 6), (["release", "release"], [200, 200], 10),
            (["release", "confirm"], [200, 409], 10), (["confirm", "release"], [200, 409], 6),
            (["confirm", "return", "return", "release"], [200, 200, 200, 200], 10),
            (["confirm", "return", "confirm"], [200, 200, 409], 10), (["return", "return"], [200, 200], 10),
        ] as [([String], [Int], Int64)])
    func `every verb can be repeated and puts pieces back once`(verbs: [String], statuses: [Int], stock: Int64)
        async throws
    {
        try await withProductService { shelf in
            let product = try await shelf.offer(stock: 10)
            let id = UUID()
            _ = try await shelf.reserve(4, of: product, as: id)
            for (verb, status) in zip(verbs, statuses) {
                #expect(try await shelf.tell(verb, id, of: product).status == status, "\(verb) of \(verbs)")
            }
            #expect(try await shelf.stock(of: product) == stock)
        }
    }

    @Test(arguments: ["release", "return"])
    func `what is given back before it was made can never be made`(verb: String) async throws {
        try await withProductService { shelf in
            let product = try await shelf.offer(stock: 10)
            let id = UUID()
            for _ in 0..<2 {
                let reply = try await shelf.tell(verb, id, of: product)
                #expect(reply.status == 200)
                #expect(reply.body["status"] == "released")
            }
            let late = try await shelf.reserve(4, of: product, as: id)
            #expect(late.status == 409)
            #expect(late.body["type"] == "reservation-over")
            #expect(try await shelf.stock(of: product) == 10)
            #expect(try await shelf.tell("confirm", UUID(), of: product).status == 404)
        }
    }

    @Test func `what is held too long goes back to the stock, and what is sold does not`() async throws {
        let fixture = try Fixture()
        try await fixture.serve { shelf in
            await fixture.rounds.first()
            let product = try await shelf.offer(stock: 10)
            let (held, sold) = (UUID(), UUID())
            _ = try await shelf.reserve(4, of: product, as: held)
            _ = try await shelf.reserve(1, of: product, as: sold)
            _ = try await shelf.tell("confirm", sold, of: product)
            fixture.time.advance(by: .seconds(899))
            await fixture.rounds.next()
            #expect(try await shelf.stock(of: product) == 5)
            fixture.time.advance(by: .seconds(1))
            await fixture.rounds.next()
            #expect(try await shelf.stock(of: product) == 9)
            await fixture.rounds.next()
            #expect(try await shelf.stock(of: product) == 9)

            let late = try await shelf.tell("confirm", held, of: product)
            #expect(late.status == 409)
            #expect(late.body["detail"] == "It is expired.")
            #expect(try await shelf.tell("release", held, of: product).status == 200)
            #expect(try await shelf.stock(of: product) == 9)
        }
        #expect(try fixture.logs.events().contains { $0["message"] == "reservation expired" && $0["traceId"] != nil })
    }
}

import Foundation
import GRDB
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import product_service

@Suite struct StockInvariantTests {
    private func statuses(of count: Int, _ request: @escaping @Sendable (Int) async throws -> Int) async throws
        -> [Int: Int]
    {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<count { group.addTask { try await request(number) } }
            return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
    }

    @Test func `five hundred buyers of a hundred pieces buy exactly a hundred, and none is lost on the way`()
        async throws
    {
        let fixture = try Fixture()
        try await fixture.serve { shelf in
            let product = try await shelf.offer(stock: 100)
            let ledger = try Ledger(of: product, in: fixture)
            // Every tenth looks at the whole in the midst of all the others.
            let statuses = try await statuses(of: 500) { number in
                let id = UUID()
                let reserved = try await shelf.reserve(1, of: product, as: id).status
                if number.isMultiple(of: 10) {
                    let pieces = try await ledger.pieces()
                    #expect(pieces.stock + pieces.held + pieces.sold == 100)
                }
                return reserved == 201 ? try await shelf.tell("confirm", id, of: product).status : reserved
            }
            #expect(statuses == [200: 100, 409: 400])
            #expect(try await ledger.pieces() == Ledger.Pieces(stock: 0, held: 0, sold: 100))
            let movements = try await shelf.movements(of: product)
            #expect(movements.map { $0["stockAfter"]?.integer } == Array(0...100))
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `whatever happens, the movements add up to the stock that is shown, and no piece is lost`(seed: UInt64)
        async throws
    {
        let fixture = try Fixture()
        try await fixture.serve { shelf in
            await fixture.rounds.first()
            let product = try await shelf.offer(stock: 20)
            let ledger = try Ledger(of: product, in: fixture)
            // What there would be if nothing had ever been reserved: only an operator changes that.
            var owned = 20
            var dice = SplitMix(seed: seed)
            var known: [UUID] = []
            var shown: [String: JSONValue] = [:]
            for step in 0..<60 {
                let (count, id) = (Int.random(in: 1...5, using: &dice), known.randomElement(using: &dice) ?? UUID())
                switch Int.random(in: 0..<9, using: &dice) {
                case 0, 1, 2:
                    known.append(UUID())
                    _ = try await shelf.reserve(count, of: product, as: known[known.count - 1])
                case 3: _ = try await shelf.tell("confirm", id, of: product)
                case 4: _ = try await shelf.tell("release", id, of: product)
                case 5: _ = try await shelf.tell("return", id, of: product)
                case 6:
                    owned += count * 3 - (try await ledger.pieces().stock)
                    #expect(try await shelf.change(product, ["stock": .integer(Int64(count * 3))]).status == 200)
                case 7:
                    if try await shelf.move(count - 3, "adjusted", of: product).status == 201 { owned += count - 3 }
                default:
                    fixture.time.advance(by: .seconds(900))
                    await fixture.rounds.next()
                }

                let pieces = try await ledger.pieces()
                #expect(pieces.stock + pieces.held + pieces.sold == owned, "after step \(step)")
                let reply = try await shelf.client.send(.get, "/api/products/\(product)")
                let movements = try await shelf.movements(of: product)
                var sum: Int64 = 0
                for movement in movements.reversed() {
                    sum += try #require(movement["delta"]?.integer)
                    #expect(movement["stockAfter"]?.integer == sum, "after step \(step)")
                }
                #expect(reply.body["stock"]?.integer == sum, "after step \(step)")
                // A tag stands for one representation.
                let tag = try #require(reply.headers[.eTag])
                #expect(shown.updateValue(reply.body, forKey: tag).map { $0 == reply.body } ?? true)
            }
        }
    }

    @Test func `of two buyers of the last piece one gets it`() async throws {
        try await withProductService { shelf in
            let product = try await shelf.offer(stock: 1)
            let statuses = try await statuses(of: 2) { _ in try await shelf.reserve(1, of: product).status }
            #expect(statuses == [201: 1, 409: 1])
        }
    }

    @Test func `one reservation asked for ten times at once is made once`() async throws {
        try await withProductService { shelf in
            let product = try await shelf.offer(stock: 10)
            let (id, order) = (UUID(), UUID())
            let statuses = try await statuses(of: 10) { _ in
                try await shelf.reserve(2, of: product, as: id, for: order).status
            }
            #expect(statuses == [201: 1, 200: 9])
            #expect(try await shelf.stock(of: product) == 8)
        }
    }

    @Test func `a reservation released by ten at once puts its pieces back once`() async throws {
        try await withProductService { shelf in
            let product = try await shelf.offer(stock: 10)
            let id = UUID()
            _ = try await shelf.reserve(2, of: product, as: id)
            let statuses = try await statuses(of: 10) { number in
                try await shelf.tell(number % 2 == 0 ? "release" : "return", id, of: product).status
            }
            #expect(statuses == [200: 10])
            #expect(try await shelf.stock(of: product) == 10)
        }
    }
}

/// Where the pieces of a product are, read in one transaction behind the service's back.
private struct Ledger: Sendable {
    struct Pieces: Equatable {
        let stock: Int
        let held: Int
        let sold: Int
    }

    private let product: String
    private let database: DatabaseQueue

    init(of product: String, in fixture: Fixture) throws {
        self.product = product
        var configuration = Configuration()
        configuration.readonly = true
        database = try DatabaseQueue(path: "\(fixture.directory.path)/products.db", configuration: configuration)
    }

    func pieces() async throws -> Pieces {
        try await database.read { [product] database in
            func count(_ status: String) throws -> Int {
                try Int.fetchOne(
                    database,
                    sql: "SELECT COALESCE(SUM(quantity), 0) FROM reservations WHERE product_id = ? AND status = ?",
                    arguments: [product, status]) ?? 0
            }
            let stock = try Int.fetchOne(database, sql: "SELECT stock FROM products WHERE id = ?", arguments: [product])
            return Pieces(stock: stock ?? 0, held: try count("held"), sold: try count("confirmed"))
        }
    }
}

import Foundation
import GRDB
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import product_service

@Suite struct MigrationTests {
    /// What the first version of the service did to its database.
    private enum FirstVersion {
        static func offer(_ id: UUID, _ name: String, stock: Int, in database: Database) throws {
            try database.execute(
                sql: """
                    INSERT INTO products
                        (id, name, description, price_amount, price_currency, stock, created_at, updated_at)
                    VALUES (?, ?, 'Brown.', 1999, 'EUR', ?, 1000, 2000)
                    """,
                arguments: [id.text, name, stock])
        }

        static func hold(_ id: UUID, of product: UUID, quantity: Int, in database: Database) throws {
            try database.execute(
                sql: "UPDATE products SET stock = stock - ?, updated_at = ? WHERE id = ? AND stock >= ?",
                arguments: [quantity, 3000, product.text, quantity])
            try database.execute(
                sql: """
                    INSERT INTO reservations
                        (id, product_id, status, order_id, quantity, name, price_amount, price_currency, expires_at,
                         created_at, updated_at)
                    VALUES (?, ?, 'held', ?, ?, 'Teapot', 1999, 'EUR', ?, 3000, 3000)
                    """,
                arguments: [id.text, product.text, UUID().text, quantity, 4_102_444_800_000])
        }

        static func rename(_ id: UUID, to name: String, in database: Database) throws {
            try database.execute(
                sql: """
                    UPDATE products SET
                        name = COALESCE(?, name), description = COALESCE(?, description),
                        price_amount = COALESCE(?, price_amount), price_currency = COALESCE(?, price_currency),
                        stock = COALESCE(?, stock), updated_at = ?
                    WHERE id = ?
                    """,
                arguments: [name, nil, nil, nil, nil, 4000, id.text])
        }
    }

    private func open(_ fixture: Fixture) throws -> DatabaseQueue {
        try DatabaseQueue(path: "\(fixture.directory.path)/products.db")
    }

    @Test func `a database of the first version keeps its rows, and their trail adds up`() async throws {
        let fixture = try Fixture()
        let (teapot, soldOut, held) = (UUID(), UUID(), UUID())
        let old = try open(fixture)
        var migrator = DatabaseMigrator()
        ProductSchema.migrations(&migrator)
        try migrator.migrate(old, upTo: "2 reservations")
        try await old.write { database in
            try FirstVersion.offer(teapot, "Teapot", stock: 10, in: database)
            try FirstVersion.offer(soldOut, "Crème brûlée dish", stock: 0, in: database)
            try FirstVersion.hold(held, of: teapot, quantity: 3, in: database)
        }
        try old.close()

        try await fixture.serve { shelf in
            let product = try await shelf.client.send(.get, "/api/products/\(teapot.text)")
            #expect(product.body["stock"] == 7)
            #expect(product.headers[.eTag] == #""v1""#)
            #expect(try await shelf.movements(of: soldOut.text).isEmpty)
            let opening = try await shelf.movements(of: teapot.text)
            #expect(opening.map { $0["reason"]?.string } == ["opening"])
            #expect(opening.map { $0["delta"]?.integer } == [7])
            #expect(opening[0]["id"]?.string.flatMap(UUID.init(uuidString:)) != nil)

            #expect(try await shelf.tell("release", held, of: teapot.text).status == 200)
            let movements = try await shelf.movements(of: teapot.text)
            #expect(movements.map { $0["stockAfter"]?.integer } == [10, 7])
            #expect(try await shelf.stock(of: teapot.text) == 10)

            #expect(try await shelf.search("tea") == ["Teapot"])
            #expect(try await shelf.search("creme brown") == ["Crème brûlée dish"])
            _ = try await shelf.offer("Tea cosy")
            #expect(try await shelf.search("tea") == ["Tea cosy", "Teapot"])
        }
    }

    @Test func `what an instance of the first version does meanwhile is counted and recorded`() async throws {
        let fixture = try Fixture()
        try await fixture.serve { shelf in
            await fixture.rounds.first()
            let teapot = try await shelf.offer(stock: 10)
            let id = try #require(UUID(uuidString: teapot))
            let made = UUID()
            let old = try open(fixture)
            let first = try await shelf.tag(of: teapot)
            try await old.write { database in
                try FirstVersion.hold(UUID(), of: id, quantity: 4, in: database)
                try FirstVersion.offer(made, "Kettle", stock: 2, in: database)
            }
            let second = try await shelf.tag(of: teapot)
            #expect(second != first)
            let movements = try await shelf.movements(of: teapot)
            #expect(movements.map { $0["reason"]?.string } == ["unrecorded", "created"])
            #expect(movements.map { $0["stockAfter"]?.integer } == [6, 10])
            #expect(try await shelf.movements(of: made.text).map { $0["delta"]?.integer } == [2])

            // Pieces that went did not touch the name; who renames undoes nothing he has not seen.
            try await old.write { database in try FirstVersion.rename(id, to: "Jug", in: database) }
            #expect(try await shelf.tag(of: teapot) != second)
            #expect(try await shelf.change(teapot, ["name": "Can"], seen: second).status == 412)
            #expect(try await shelf.movements(of: teapot).count == 2)
            #expect(try await shelf.search("jug") == ["Jug"])
            #expect(try await shelf.search("kettle") == ["Kettle"])
            #expect(try await shelf.search("teapot").isEmpty)
            try await old.write { database in
                try database.execute(
                    sql: "INSERT INTO product_words (product_words, rank) VALUES ('integrity-check', 1)")
            }
            try old.close()
        }
    }
}

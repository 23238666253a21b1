import Foundation
import GRDB
import ServiceKit

/// The products table, as the catalogue sees it. Pieces are taken and put back by ``ReservationStore`` alone.
struct ProductStore: Sendable {
    let database: any DatabaseWriter
    let clock: WallClock

    func create(_ offer: ProductOffer) async throws -> Product {
        let now = clock.now()
        let product = Product(
            id: UUID(), name: offer.name, description: offer.description, price: offer.price, stock: offer.stock,
            createdAt: now, updatedAt: now, version: 1, editedVersion: 1)
        try await database.write { database in
            try database.execute(
                sql: """
                    INSERT INTO products
                        (id, name, description, price_amount, price_currency, stock, created_at, updated_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    product.id.text, product.name, product.description, product.price.amount,
                    product.price.currency.description, product.stock, now, now,
                ])
        }
        return product
    }

    func find(_ id: UUID) async throws -> Product? {
        try await database.read { database in try Self.find(id, in: database) }
    }

    /// A page of all products, oldest first.
    func list(_ page: PageRequest) async throws -> Page<Product> {
        let after = page.cursor
        let rows = try await database.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT \(Product.columns) FROM products
                    WHERE (created_at, id) > (?, ?)
                    ORDER BY created_at, id LIMIT ?
                    """,
                arguments: [after?.createdAt.milliseconds ?? -1, after?.id.text ?? "", page.limit + 1]
            ).map(Product.init(row:))
        }
        return Page(fetched: rows, limit: page.limit) { Cursor(createdAt: $0.createdAt, id: $0.id) }
    }

    /// Changes the members that are present, so that a change of the name does not bring back pieces that were reserved
    /// meanwhile. Members that are what they were change nothing, the version included.
    ///
    /// - Throws: ``Problem/preconditionFailed(_:)`` when the client has not seen what he changes.
    /// - Returns: the product as it is now; nil when there is none.
    func change(_ id: UUID, _ change: ProductChange, from expected: ExpectedVersion) async throws -> Product? {
        let now = clock.now()
        return try await database.write { database in
            guard let product = try Self.find(id, in: database) else { return nil }
            guard product.accepts(change, from: expected) else { throw Problem.preconditionFailed(product.tag) }
            guard change.edits(product) || change.stock.map({ $0 != product.stock }) == true else { return product }
            return try Row.fetchOne(
                database,
                sql: """
                    UPDATE products SET
                        name = ?, description = ?, price_amount = ?, price_currency = ?, stock = ?, updated_at = ?,
                        version = version + 1, edited_version = ?
                    WHERE id = ? RETURNING \(Product.columns)
                    """,
                arguments: [
                    change.name ?? product.name, change.description ?? product.description,
                    (change.price ?? product.price).amount, (change.price ?? product.price).currency.description,
                    change.stock ?? product.stock, now,
                    change.edits(product) ? product.version + 1 : product.editedVersion, id.text,
                ]
            ).map(Product.init(row:))
        }
    }

    static func find(_ id: UUID, in database: Database) throws -> Product? {
        let statement = try database.cachedStatement(
            sql: "SELECT \(Product.columns) FROM products WHERE id = ?")
        return try Row.fetchOne(statement, arguments: [id.text]).map(Product.init(row:))
    }
}

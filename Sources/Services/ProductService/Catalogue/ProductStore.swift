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
            createdAt: now, updatedAt: now)
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
        try await database.read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM products WHERE id = ?", arguments: [id.text])
                .map(Product.init(row:))
        }
    }

    /// A page of all products, oldest first.
    func list(_ page: PageRequest) async throws -> Page<Product> {
        let after = page.cursor
        let rows = try await database.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM products
                    WHERE (created_at, id) > (?, ?)
                    ORDER BY created_at, id LIMIT ?
                    """,
                arguments: [after?.createdAt.milliseconds ?? -1, after?.id.text ?? "", page.limit + 1]
            ).map(Product.init(row:))
        }
        return Page(fetched: rows, limit: page.limit) { Cursor(createdAt: $0.createdAt, id: $0.id) }
    }

    /// Changes the members that are present, in one statement, so that a change of the name does not bring back pieces
    /// that were reserved meanwhile.
    func change(_ id: UUID, _ change: ProductChange) async throws -> Product? {
        let now = clock.now()
        return try await database.write { database in
            try Row.fetchOne(
                database,
                sql: """
                    UPDATE products SET
                        name = COALESCE(?, name), description = COALESCE(?, description),
                        price_amount = COALESCE(?, price_amount), price_currency = COALESCE(?, price_currency),
                        stock = COALESCE(?, stock), updated_at = ?
                    WHERE id = ? RETURNING *
                    """,
                arguments: [
                    change.name, change.description, change.price?.amount, change.price?.currency.description,
                    change.stock, now, id.text,
                ]
            ).map(Product.init(row:))
        }
    }
}

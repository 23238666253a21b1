import Foundation
import GRDB
import ServiceKit

/// The products table, as the catalogue sees it.
struct ProductStore: Sendable {
    let database: any DatabaseWriter
    /// For what everybody asks all the time.
    let readers: DatabaseReaders
    let clock: WallClock

    /// Makes a product, or finds the one that the same request made before, as it is now (`isNew` is false).
    ///
    /// - Throws: `Problem.idempotencyKeyReused`.
    func create(_ offer: ProductOffer, by account: UUID, keyed: KeyedRequest?) async throws
        -> (product: Product, isNew: Bool)
    {
        let now = clock.now()
        return try await database.write { database in
            if let known = try keyed?.resource(now: now, in: database),
                let product = try Self.find(known, in: database)
            {
                return (product, false)
            }
            let product = try insert(offer, by: account, now: now, in: database)
            try keyed?.remember(product.id, now: now, in: database)
            return (product, true)
        }
    }

    func find(_ id: UUID) async throws -> Product? {
        try await readers.read(isShort: true) { database in try Self.find(id, in: database) }
    }

    func list(_ query: ProductQuery) async throws -> ListPage<Product> {
        let statement = query.statement
        let rows = try await readers.read { database in
            try Product.fetchAll(database.cachedStatement(sql: statement.sql), arguments: statement.arguments)
        }
        return ListPage(fetched: rows, limit: query.limit, list: query.list, keys: query.order.keys)
    }

    /// Changes the members that are present, so that a change of the name does not bring back pieces that were reserved
    /// meanwhile. Members that are what they were change nothing, the version included.
    ///
    /// - Throws: ``Problem/preconditionFailed(_:)`` when the client has not seen what he changes.
    /// - Returns: the product as it is now; nil when there is none.
    func change(_ id: UUID, _ change: ProductChange, from expected: ExpectedVersion, by account: UUID) async throws
        -> Product?
    {
        let now = clock.now()
        return try await database.write { database in
            guard let product = try Self.find(id, in: database) else { return nil }
            guard product.accepts(change, from: expected) else { throw Problem.preconditionFailed(product.tag) }
            let edited = change.edits(product) ? try edit(product, change, now: now, in: database) : product
            guard let stock = change.stock, stock != edited.stock else { return edited }
            let difference = StockChange(
                product: id, delta: stock - edited.stock, reason: .adjusted, actor: .account(account))
            return try difference.make(now: now, in: database)?.product
        }
    }

    // MARK: Within a transaction

    static func find(_ id: UUID, in database: Database) throws -> Product? {
        let statement = try database.cachedStatement(
            sql: "SELECT \(Product.columns) FROM products WHERE id = ?")
        return try Product.fetchOne(statement, arguments: [id.text])
    }

    /// Without pieces at first: they come by a movement, as all do.
    private func insert(_ offer: ProductOffer, by account: UUID, now: Timestamp, in database: Database) throws
        -> Product
    {
        let product = Product(
            id: UUID.random(), name: offer.name, description: offer.description, price: offer.price, stock: 0,
            createdAt: now, updatedAt: now, version: 1, editedVersion: 1)
        try database.execute(
            sql: """
                INSERT INTO products
                    (id, name, description, price_amount, price_currency, stock, created_at, updated_at)
                VALUES (?, ?, ?, ?, ?, 0, ?, ?)
                """,
            arguments: [
                product.id.text, product.name, product.description, product.price.amount,
                product.price.currency.description, now, now,
            ])
        guard offer.stock > 0 else { return product }
        let change = StockChange(product: product.id, delta: offer.stock, reason: .created, actor: .account(account))
        return try change.make(now: now, in: database)?.product ?? product
    }

    private func edit(_ product: Product, _ change: ProductChange, now: Timestamp, in database: Database) throws
        -> Product
    {
        let price = change.price ?? product.price
        let edited = try Product.fetchOne(
            database,
            sql: """
                UPDATE products SET
                    name = ?, description = ?, price_amount = ?, price_currency = ?, updated_at = ?,
                    version = version + 1, edited_version = version + 1
                WHERE id = ? RETURNING \(Product.columns)
                """,
            arguments: [
                change.name ?? product.name, change.description ?? product.description, price.amount,
                price.currency.description, now, product.id.text,
            ])
        return edited ?? product
    }
}

import Foundation
import GRDB
import ServiceKit

/// The stock_movements table: operators' movements, and the trail of all.
struct StockMovementStore: Sendable {
    let database: any DatabaseWriter
    let clock: WallClock

    /// Makes an operator's movement, or finds the one that the same request made before (`isNew` is false).
    ///
    /// - Throws: ``StockMovementError``, `Problem.idempotencyKeyReused`.
    func make(_ request: StockMovementRequest, of product: UUID, by account: UUID, keyed: KeyedRequest?) async throws
        -> (movement: StockMovement, isNew: Bool)
    {
        let now = clock.now()
        let change = StockChange(
            product: product, delta: request.delta, reason: request.reason, actor: .account(account))
        return try await database.write { database in
            if let known = try keyed?.resource(now: now, in: database), let movement = try find(known, in: database) {
                return (movement, false)
            }
            guard let made = try change.make(now: now, in: database) else {
                guard let name = try ProductStore.find(product, in: database)?.name else {
                    throw StockMovementError.unknownProduct
                }
                throw StockMovementError.insufficientStock(product: name, asked: -request.delta)
            }
            guard made.product.stock <= Product.largestStock else { throw StockMovementError.tooManyPieces }
            try keyed?.remember(made.movement, now: now, in: database)
            guard let movement = try find(made.movement, in: database) else {
                throw StockMovement.UnreadableMovement()
            }
            return (movement, true)
        }
    }

    /// The movements of a product, newest first; nil when there is no such product.
    func list(of product: UUID, _ query: StockMovementQuery) async throws -> ListPage<StockMovement>? {
        let rows: [StockMovement]? = try await database.read { database in
            guard try ProductStore.find(product, in: database) != nil else { return nil }
            return try Row.fetchAll(
                database,
                sql: """
                    \(StockMovement.selection)
                    WHERE stock_movements.product_id = ? AND number < ?
                    ORDER BY number DESC LIMIT ?
                    """,
                arguments: [product.text, query.before, query.limit + 1]
            ).map(StockMovement.init(row:))
        }
        return rows.map { rows in
            ListPage(fetched: rows, limit: query.limit, list: query.list) { [String($0.number)] }
        }
    }

    private func find(_ id: UUID, in database: Database) throws -> StockMovement? {
        try Row.fetchOne(
            database, sql: "\(StockMovement.selection) WHERE stock_movements.id = ?", arguments: [id.text]
        ).map(StockMovement.init(row:))
    }
}

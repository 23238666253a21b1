import Foundation
import GRDB
import ServiceKit

/// Pieces that come or go, and why: the only way in which a stock changes, so that the trail has all of it.
struct StockChange: Sendable, Equatable {
    let product: UUID
    /// Never 0.
    let delta: Int
    let reason: StockMovement.Reason
    /// The reservation that is the cause.
    var reference: UUID?
    let actor: StockMovement.Actor

    /// Changes the stock and writes the movement, in the transaction of `database`.
    ///
    /// The stock is never read and then written: one conditional UPDATE takes the pieces or does not.
    ///
    /// - Returns: the product as it is now and the movement's id; nil, and nothing is changed, when there are fewer pieces
    ///   than are to go, or no such product.
    func make(now: Timestamp, in database: Database) throws -> (product: Product, movement: UUID)? {
        let update = try database.cachedStatement(
            sql: """
                UPDATE products SET stock = stock + ?, updated_at = ?, version = version + 1
                WHERE id = ? AND stock + ? >= 0 RETURNING \(Product.columns)
                """)
        guard
            let product = try Product.fetchOne(update, arguments: [delta, now, self.product.text, delta])
        else { return nil }
        let movement = UUID.random()
        let insert = try database.cachedStatement(
            sql: """
                INSERT INTO stock_movements (id, product_id, delta, reason, reference, actor, stock_after, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try insert.execute(arguments: [
            movement.text, self.product.text, delta, reason.rawValue, reference?.text, actor.text, product.stock, now,
        ])
        return (product, movement)
    }
}

import Foundation
import GRDB
import ServiceKit

/// One line of the stock's audit trail: how many pieces came or went, why, and through whom.
struct StockMovement: Sendable, Equatable {
    let id: UUID
    /// Its place in the trail: movements are numbered as they happen.
    let number: Int64
    let change: StockChange
    /// The order for which pieces were reserved or given back.
    let orderID: UUID?
    let stockAfter: Int
    let createdAt: Timestamp

    enum Reason: String, Sendable, CaseIterable {
        /// What there was when the trail began.
        case opening
        /// The product was offered with this stock.
        case created
        /// Changed by an instance of a version that kept no trail.
        case unrecorded
        /// A delivery.
        case received
        /// Counted, or set by a change of the product.
        case adjusted
        case damaged
        case lost
        /// Set aside for an order.
        case reserved
        /// Given back while held.
        case released
        /// Held too long.
        case expired
        /// Sold and given back.
        case returned

        /// Those an operator may give.
        static let byOperators: [Reason] = [.received, .adjusted, .damaged, .lost]
    }

    enum Actor: Sendable, Equatable {
        case account(UUID)
        /// This service by itself, or another for an order.
        case service

        var text: String {
            switch self {
            case .account(let id): id.text
            case .service: "service"
            }
        }
    }
}

extension StockMovement: JSONWritable {
    func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("id", id)
            $0.member("productId", change.product)
            $0.member("delta", change.delta)
            $0.member("reason", change.reason.rawValue)
            $0.member("reference", change.reference?.text)
            $0.member("orderId", orderID?.text)
            $0.member("actor", change.actor.text)
            $0.member("stockAfter", stockAfter)
            $0.member("createdAt", createdAt)
        }
    }
}

extension StockMovement {
    /// Rows with the order of the reservation that a movement refers to.
    static let selection = """
        SELECT stock_movements.*, reservations.order_id AS order_id FROM stock_movements
        LEFT JOIN reservations ON reservations.id = stock_movements.reference
        """

    init(row: Row) throws {
        let actor: String = row["actor"]
        guard let id = UUID(text: row["id"]), let product = UUID(text: row["product_id"]),
            let reason = Reason(rawValue: row["reason"]),
            let actor = actor == "service" ? Actor.service : UUID(text: actor).map(Actor.account)
        else { throw UnreadableMovement() }
        let (reference, order): (String?, String?) = (row["reference"], row["order_id"])
        self.init(
            id: id, number: row["number"],
            change: StockChange(
                product: product, delta: row["delta"], reason: reason,
                reference: reference.flatMap(UUID.init(uuidString:)), actor: actor),
            orderID: order.flatMap(UUID.init(uuidString:)), stockAfter: row["stock_after"],
            createdAt: row["created_at"])
    }

    /// A row that cannot have been written by us.
    struct UnreadableMovement: Error {}
}

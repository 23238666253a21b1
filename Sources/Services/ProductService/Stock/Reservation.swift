import Foundation
import GRDB
import ServiceKit

/// Pieces of a product set aside for an order, under an id the order chose.
struct Reservation: Sendable, Equatable {
    let id: UUID
    let productID: UUID
    let status: Status
    /// What was reserved; nil when it was given back before it was ever made.
    let content: Content?

    /// A reservation begins held; every other state is reached at most once, and `returned` only from `confirmed`.
    enum Status: String, Sendable {
        /// The pieces are out of the stock until it expires.
        case held
        /// The pieces are sold.
        case confirmed
        /// Given back while held, or before it was made. The pieces are in the stock.
        case released
        /// Nobody said anything in time. The pieces are in the stock.
        case expired
        /// Sold and given back. The pieces are in the stock.
        case returned
    }

    struct Content: Sendable, Equatable {
        let orderID: UUID
        let quantity: Int
        /// The product's name and price when it was reserved.
        let name: String
        let unitPrice: Money
        let expiresAt: Timestamp
    }
}

extension Reservation: JSONWritable {
    func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("id", id)
            $0.member("productId", productID)
            $0.member("status", status.rawValue)
            guard let content else { return }
            $0.member("orderId", content.orderID)
            $0.member("quantity", content.quantity)
            $0.member("name", content.name)
            $0.member("unitPrice", content.unitPrice)
            $0.member("expiresAt", content.expiresAt)
        }
    }
}

extension Reservation {
    init(row: Row) throws {
        guard let id = UUID(text: row["id"]), let product = UUID(text: row["product_id"]),
            let status = Status(rawValue: row["status"])
        else { throw UnreadableReservation() }
        self.init(id: id, productID: product, status: status, content: try Content(row: row))
    }

    /// A row that cannot have been written by us.
    struct UnreadableReservation: Error {}
}

extension Reservation.Content {
    /// nil for a row without content.
    fileprivate init?(row: Row) throws {
        guard let order: String = row["order_id"] else { return nil }
        guard let orderID = UUID(text: order), let quantity: Int = row["quantity"],
            let name: String = row["name"], let amount: Int = row["price_amount"],
            let code: String = row["price_currency"], let currency = Money.Currency(code),
            let expiresAt: Timestamp = row["expires_at"]
        else { throw Reservation.UnreadableReservation() }
        self.init(
            orderID: orderID, quantity: quantity, name: name, unitPrice: Money(amount: amount, currency: currency),
            expiresAt: expiresAt)
    }
}

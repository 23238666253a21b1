import Foundation
import ServiceKit

/// What somebody buys.
struct Order: Sendable, Equatable {
    let id: UUID
    let userID: UUID
    var status: Status
    var lines: [Line]
    /// Why it was rejected.
    var rejection: Rejection?
    let createdAt: Timestamp
    /// When its status last changed.
    var updatedAt: Timestamp

    enum Status: String, Sendable, CaseIterable {
        /// Not decided yet.
        case pending
        /// The buyer has it: every piece is sold to this order.
        case confirmed
        /// It was not to be, and nothing is held for it, or soon nothing will be.
        case rejected
        /// It was confirmed and is no more; its pieces are given back, or soon will be.
        case cancelled
    }

    /// So many pieces of one product.
    struct Line: Sendable, Equatable {
        let productID: UUID
        let quantity: Int
        /// What the product was called and cost when it was reserved; nil until then.
        var offer: Offer?
    }

    /// A product as the product-service sold it.
    struct Offer: Sendable, Equatable {
        let name: String
        let unitPrice: Money
    }

    /// The sum of all lines; nil while a price is missing, and when there are two currencies.
    var total: Money? {
        let amounts = lines.map { line in line.offer?.unitPrice.times(line.quantity) }
        guard let first = amounts.first else { return nil }
        return amounts.dropFirst().reduce(first) { sum, amount in amount.flatMap { sum?.plus($0) } }
    }

    /// Whether the prices known so far are in more than one currency.
    var hasMixedCurrencies: Bool {
        Set(lines.compactMap { $0.offer?.unitPrice.currency }).count > 1
    }

    var path: String { "/api/orders/\(id.text)" }
}

extension Order: JSONWritable {
    func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("id", id)
            $0.member("userId", userID)
            $0.member("status", status.rawValue)
            $0.member("items", lines)
            $0.member("total", total)
            $0.member("createdAt", createdAt)
            $0.member("updatedAt", updatedAt)
            if let rejection { $0.member("rejection", rejection) }
        }
    }
}

extension Order.Line: JSONWritable {
    func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("productId", productID)
            $0.member("name", offer?.name)
            $0.member("quantity", quantity)
            $0.member("unitPrice", offer?.unitPrice)
        }
    }
}

import Foundation
import GRDB
import HTTPTypes
import ServiceKit

/// Something the shop sells.
struct Product: Sendable, Equatable {
    let id: UUID
    let name: String
    let description: String
    let price: Money
    /// Pieces that can be reserved now; those that somebody holds or bought are not among them.
    let stock: Int
    let createdAt: Timestamp
    let updatedAt: Timestamp

    /// More pieces than this nobody stores.
    static let largestStock = 1_000_000_000
}

extension Product: JSONRepresentable {
    var json: JSONValue {
        [
            "id": .string(id.text), "name": .string(name), "description": .string(description), "price": price.json,
            "stock": .integer(Int64(stock)), "createdAt": createdAt.json, "updatedAt": updatedAt.json,
        ]
    }
}

extension Product {
    init(row: Row) throws {
        guard let id = UUID(uuidString: row["id"]), let currency = Money.Currency(row["price_currency"]) else {
            throw UnreadableProduct()
        }
        self.init(
            id: id, name: row["name"], description: row["description"],
            price: Money(amount: row["price_amount"], currency: currency), stock: row["stock"],
            createdAt: row["created_at"], updatedAt: row["updated_at"])
    }

    /// A row whose id or currency is none: the file was changed by somebody else.
    struct UnreadableProduct: Error {}
}

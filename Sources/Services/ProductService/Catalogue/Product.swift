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
    /// Larger after every change of what is shown, reservations included.
    let version: Int64
    /// The version that the last change of name, description or price made.
    let editedVersion: Int64

    /// More pieces than this nobody stores.
    static let largestStock = 1_000_000_000
}

extension Product {
    /// Counts the stock too: whoever has this tag has the stock that is shown.
    var tag: EntityTag { EntityTag(version: version) }

    /// Whether a client who has seen `expected` knows what he changes.
    ///
    /// A tag is good for a new stock until anything changes. It is good for a new name, description or price until one of
    /// these changes: they do not depend on the pieces, and if every sale ended it nobody could correct a product that
    /// sells. RFC 9110 section 13.1.1 would refuse both at the first sale; no change is lost either way, which is what
    /// it is for.
    func accepts(_ change: ProductChange, from expected: ExpectedVersion) -> Bool {
        switch expected {
        case .any: true
        case .oneOf(let versions):
            versions.contains { $0 <= version && $0 >= (change.stock == nil ? editedVersion : version) }
        }
    }
}

extension Product: JSONWritable {
    func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("id", id)
            $0.member("name", name)
            $0.member("description", description)
            $0.member("price", price)
            $0.member("stock", stock)
            $0.member("createdAt", createdAt)
            $0.member("updatedAt", updatedAt)
        }
    }
}

extension Product: FetchableRecord {
    /// What `init(row:)` reads, in this order. Named, since a newer version may add columns while this one runs.
    static let columns = """
        id, name, description, price_amount, price_currency, stock, created_at, updated_at, version, edited_version
        """

    init(row: Row) throws {
        guard let id = UUID(text: row[0]), let currency = Money.Currency(row[4]) else { throw UnreadableProduct() }
        self.init(
            id: id, name: row[1], description: row[2], price: Money(amount: row[3], currency: currency), stock: row[5],
            createdAt: row[6], updatedAt: row[7], version: row[8], editedVersion: row[9])
    }

    /// A row whose id or currency is none: the file was changed by somebody else.
    struct UnreadableProduct: Error {}
}

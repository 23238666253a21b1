import Foundation
import GRDB
import ServiceKit

/// In which order products are listed: by a key, then by id, so that every product has one place.
struct ProductOrder: Sendable, Equatable {
    enum Key: String, Sendable, CaseIterable {
        case created
        /// Amounts as they stand, whatever the currency; whoever compares names one with `currency`.
        case price
        /// Letters of ASCII without regard to case, all others by their code.
        case name
    }

    let key: Key
    let isDescending: Bool

    /// Oldest first.
    static let standard = ProductOrder(key: .created, isDescending: false)
    static let names = Key.allCases.flatMap { [$0.rawValue, "-\($0.rawValue)"] }.joined(separator: ", ")

    /// `price`, or `-price` for the largest first.
    init?(_ text: String) {
        let isDescending = text.hasPrefix("-")
        guard let key = Key(rawValue: String(text.dropFirst(isDescending ? 1 : 0))) else { return nil }
        self.init(key: key, isDescending: isDescending)
    }

    private init(key: Key, isDescending: Bool) {
        self.key = key
        self.isDescending = isDescending
    }

    var text: String { isDescending ? "-\(key.rawValue)" : key.rawValue }
}

// MARK: Places

extension ProductOrder {
    /// What a cursor keeps of a product.
    func keys(of product: Product) -> [String] {
        let value =
            switch key {
            case .created: String(product.createdAt.milliseconds)
            case .price: String(product.price.amount)
            case .name: product.name
            }
        return [product.id.text, value]
    }

    /// The key and id that `keys` are; nil when they are not of this order.
    func place(_ keys: [String]) -> [DatabaseValue]? {
        guard keys.count == 2, let id = UUID(text: keys[0]) else { return nil }
        switch key {
        case .created, .price: return Int64(keys[1]).map { [$0.databaseValue, id.text.databaseValue] }
        case .name: return [keys[1].databaseValue, id.text.databaseValue]
        }
    }

    /// Rows behind a place, whose two values are its arguments.
    var behindPlace: String {
        let comparison = isDescending ? "<" : ">"
        return switch key {
        case .created: "(created_at, id) \(comparison) (?, ?)"
        case .price: "(price_amount, id) \(comparison) (?, ?)"
        case .name: "(name, id) \(comparison) (? COLLATE NOCASE, ?)"
        }
    }

    var clause: String {
        let direction = isDescending ? "DESC" : "ASC"
        return switch key {
        case .created: "created_at \(direction), id \(direction)"
        case .price: "price_amount \(direction), id \(direction)"
        case .name: "name COLLATE NOCASE \(direction), id \(direction)"
        }
    }
}

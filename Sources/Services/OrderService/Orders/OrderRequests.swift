import Foundation
import ServiceKit

/// What a buyer sends: `{items: [{productId, quantity}]}`.
struct OrderRequest: Sendable {
    let lines: [Order.Line]

    init(_ body: JSONValue) throws(Problem) {
        var reader = ObjectReader(body)
        lines = reader.objects("items", count: 1...50) { reader in
            Order.Line(productID: reader.uuid("productId"), quantity: reader.integer("quantity", in: 1...10_000))
        }
        var seen: Set<UUID> = []
        // An id that is none reads as zero, and has its own violation.
        for (index, line) in lines.enumerated() where line.productID != .zero && !seen.insert(line.productID).inserted {
            reader.note("items", "must name each product once, and item \(index) names one again")
        }
        try reader.finish()
    }

    /// The same for every body that asks for the same.
    var fingerprint: String {
        lines.map { "\($0.productID.text):\($0.quantity)" }.joined(separator: " ")
    }
}

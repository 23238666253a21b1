import Foundation
import ServiceKit

/// What a buyer sends: `{items: [{productId, quantity}]}`.
struct OrderRequest: Sendable {
    let lines: [Order.Line]

    init(_ body: ObjectReader) throws(Problem) {
        var reader = body
        var seen: Set<UUID> = []
        lines = reader.objects("items", count: 1...50) { reader in
            let line = Order.Line(
                productID: reader.uuid("productId"), quantity: reader.integer("quantity", in: 1...10_000))
            // An id that is none reads as zero, and has its own violation.
            if line.productID != .zero, !seen.insert(line.productID).inserted {
                reader.note("productId", "must not be that of an item before")
            }
            return line
        }
        try reader.finish()
    }

    /// The same for every body that asks for the same.
    var fingerprint: String {
        lines.map { "\($0.productID.text):\($0.quantity)" }.joined(separator: " ")
    }
}

import Foundation
import HTTPTypes
import Hummingbird
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

/// A buyer's own name for a request, so that sending it twice orders once. Good for a day.
struct IdempotencyKey: Sendable, Equatable {
    static let lifetime = Duration.seconds(24 * 3600)

    let text: String

    /// nil without the header; 400 unless there is one value of 1 to 128 visible ASCII characters.
    init?(_ headers: HTTPFields) throws(Problem) {
        let values = headers[values: .idempotencyKey]
        guard let value = values.first else { return nil }
        guard values.count == 1, (1...128).contains(value.utf8.count),
            value.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw .malformedRequest("Idempotency-Key must be 1 to 128 visible ASCII characters.") }
        text = value
    }
}

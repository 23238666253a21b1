import Foundation
import ServiceKit

/// What an operator sends when pieces came or went: `{delta, reason}`.
struct StockMovementRequest: Sendable {
    let delta: Int
    let reason: StockMovement.Reason

    init(_ body: ObjectReader) throws(Problem) {
        var reader = body
        delta = reader.integer("delta", in: -Product.largestStock...Product.largestStock)
        if delta == 0, reader.violations.isEmpty { reader.note("delta", "must not be 0") }
        let reasons = StockMovement.Reason.byOperators
        let names = reasons.map(\.rawValue).joined(separator: ", ")
        let reason = reader.parsed("reason", as: "one of \(names)") { text in
            reasons.first { $0.rawValue == text }
        }
        self.reason = try reader.finish(reason)
    }

    /// What is asked for, in one spelling: the same key for another product is another request.
    func json(of product: UUID) -> JSONValue {
        [
            "movementOf": .string(product.text), "delta": .integer(Int64(delta)), "reason": .string(reason.rawValue),
        ]
    }
}

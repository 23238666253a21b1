import HTTPTypes
import ServiceKit

/// What clients are told of each route.
extension StockMovementRoutes {
    static let moving = Operation(
        "Moves stock for a reason",
        body: .object([
            "delta": .integer(-Product.largestStock...Product.largestStock),
            "reason": .oneOf(StockMovement.Reason.byOperators.map(\.rawValue)),
        ]), answers: [.created: .movement],
        problems: [.notFound: "There is no such product.", .conflict: "There are too few pieces, or too many."]
    ).keyed()

    static let listing = Operation(
        "Lists what happened to a product's stock, the last first", answers: [.ok: .page(of: .movement)],
        problems: [.notFound: "There is no such product."]
    ).paged()
}

extension Schema {
    /// See ``StockMovement``.
    fileprivate static let movement = object([
        "id": .uuid, "productId": .uuid, "delta": .integer(-Product.largestStock...Product.largestStock),
        "reason": .oneOf(StockMovement.Reason.allCases.map(\.rawValue)), "reference": Schema.uuid.orNull(),
        "orderId": Schema.uuid.orNull(), "actor": .string(), "stockAfter": .integer(0...Product.largestStock),
        "createdAt": .time,
    ]).named("StockMovement")
}

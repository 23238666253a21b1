import HTTPTypes
import ServiceKit

/// What clients are told of each route.
extension OrderRoutes {
    static let placing = Operation(
        "Places an order",
        body: .object([
            "items": .array(
                of: .object(["productId": .uuid, "quantity": .integer(1...10_000)]), count: 1...50)
        ]),
        answers: [.created: .order, .accepted: .order],
        problems: [
            .conflict: "There are not enough pieces, or the first request with this key still runs.",
            .paymentRequired: "The payment was declined.",
            .serviceUnavailable: "Too many orders wait to be decided.",
        ]
    ).keyed()

    static let listing = Operation(
        "Lists your orders; all orders for operators",
        parameters: [.query("status", .status, "Only orders in this state.")], answers: [.ok: .page(of: .order)]
    ).paged()

    static let reading = Operation(
        "Reads an order", answers: [.ok: .order], problems: [.notFound: "There is none, or it is not yours."])

    static let cancelling = Operation(
        "Cancels an order and gives its pieces back", answers: [.ok: .order, .accepted: .order],
        problems: [
            .notFound: "There is none, or it is not yours.",
            .conflict: "It is not decided yet, or it was rejected.",
        ])
}

extension Schema {
    fileprivate static let status = oneOf(Order.Status.allCases.map(\.rawValue))

    /// See ``Order``.
    fileprivate static let order = object(
        [
            "id": .uuid, "userId": .uuid, "status": .status,
            "items": .array(
                of: .object([
                    "productId": .uuid, "name": .string().orNull(), "quantity": .integer(1...10_000),
                    "unitPrice": Schema.money.orNull(),
                ])),
            "total": Schema.money.orNull(), "createdAt": .time, "updatedAt": .time,
        ], optional: ["rejection": .object(["type": .string(), "detail": .string()])]
    ).named("Order")
}

import HTTPTypes
import ServiceKit

/// What clients are told of each route.
extension ProductRoutes {
    static let listing = Operation(
        "Lists products, all or those looked for",
        parameters: [
            .query(
                "q", .string(length: 0...200),
                "Words of the name or description; the last may be a beginning. Of more "
                    + "than \(SearchText.mostFound) that it finds, the first offered are looked at."),
            .query("minPrice", .count, "In minor units."), .query("maxPrice", .count, "In minor units."),
            .query("currency", .string(length: 3...3), "Only prices in this currency."),
            .query("inStock", .oneOf(["true", "false"]), "Only those that can, or cannot, be had now."),
            .query(
                "sort", .oneOf(["created", "-created", "price", "-price", "name", "-name"]),
                "Oldest first if not given."),
        ], answers: [.ok: .page(of: .product)], problems: [.badRequest: "A parameter is unknown or wrong."]
    ).paged()

    static let offering = Operation(
        "Offers a product",
        body: .object(
            ["name": .string(length: 1...200), "price": .money, "stock": .integer(0...Product.largestStock)],
            optional: ["description": .string(length: 0...4000)]),
        answers: [.created: .product]
    ).keyed()

    static let reading = Operation(
        "Reads a product", answers: [.ok: .product], problems: [.notFound: "There is none."]
    ).conditional()

    static let changing = Operation(
        "Changes the members that are given",
        body: .object(
            [:],
            optional: [
                "name": .string(length: 1...200), "description": .string(length: 0...4000), "price": .money,
                "stock": .integer(0...Product.largestStock),
            ]),
        answers: [.ok: .product], problems: [.notFound: "There is none."]
    ).guarded()
}

extension Schema {
    /// See ``Product``.
    fileprivate static let product = object([
        "id": .uuid, "name": .string(length: 1...200), "description": .string(length: 0...4000), "price": .money,
        "stock": .integer(0...Product.largestStock), "createdAt": .time, "updatedAt": .time,
    ]).named("Product")
}

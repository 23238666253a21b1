import CurlClient

/// A change to some members of a product.
struct ProductChange {
    var name: String?
    var description: String?
    /// As people write it.
    var price: String?
    /// By default the product's own.
    var currency: String?
    var stock: Int?

    /// The API replaces a product whole, so the rest is read first; with `If-Match`, where the API gives an ETag, a change
    /// that somebody made in between is not lost.
    func apply(to id: String, _ shop: Shop) async throws(CommandFailure) -> ShopAnswer {
        let found = try await shop.call(ShopRequest("GET", "api", "products", id))
        var request = ShopRequest("PUT", "api", "products", id)
        request.body = try body(over: try found.decoded(ShopProduct.self))
        if let tag = found.response.header("ETag") { request.headers = [("If-Match", tag)] }
        return try await shop.call(request)
    }

    func body(over product: ShopProduct) throws(CommandFailure) -> JSONBody {
        var money = product.price
        if let price {
            let currency = currency ?? product.price.currency
            guard let given = Money(price, currency: currency) else {
                throw .usage("'\(price)' is no amount of '\(currency)'", hint: "write it like 19.99")
            }
            money = given
        }
        return .members([
            ("name", .string(name ?? product.name)),
            ("description", (description ?? product.description).map { .string($0) }),
            ("price", money.body), ("stock", .integer(Int64(stock ?? product.stock))),
        ])
    }
}

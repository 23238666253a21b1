/// A change to some members of a product. Only these are sent: a stock that was read a moment ago must not be written back
/// over what has been sold since; nor one that somebody has named, over what he has not seen.
struct ProductChange {
    var name: String?
    var description: String?
    /// As people write it.
    var price: String?
    /// By default the product's own.
    var currency: String?
    var stock: Int?

    func apply(to id: String, _ shop: Shop) async throws(CommandFailure) -> ShopAnswer {
        let change = VersionedChange(
            path: ["api", "products", id], subject: "the product",
            adviceWhenLate: stock == nil
                ? nil : "'msctl product stock ID --add N' or '--remove N' changes what there is at that moment"
        )
        return try await change.apply(to: shop) { found throws(CommandFailure) in
            guard price != nil, currency == nil else { return try body(currency: currency ?? "") }
            return try body(currency: try found.decoded(ShopProduct.self).price.currency)
        }
    }

    /// - Parameter currency: of the price, if there is one.
    func body(currency: String) throws(CommandFailure) -> JSONBody {
        var money: Money?
        if let price {
            money = Money(price, currency: currency)
            if money == nil {
                throw .usage("'\(price)' is no amount of '\(currency)'", hint: "write it like 19.99")
            }
        }
        return .members([
            ("name", name.map { .string($0) }), ("description", description.map { .string($0) }),
            ("price", money?.body), ("stock", stock.map { .integer(Int64($0)) }),
        ])
    }
}

import ArgumentParser

/// In what order products are listed.
enum ProductSort: String, ExpressibleByArgument, CaseIterable {
    case created
    case createdDescending = "-created"
    case price
    case priceDescending = "-price"
    case name
    case nameDescending = "-name"
}

/// Which products of the catalogue.
struct ProductFilter: ParsableArguments {
    @Option(help: ArgumentHelp("Only those whose name or description has this.", valueName: "text"))
    var search: String?

    @Option(help: "Only those that cost as much or more; as people write it: 19.99")
    var minPrice: String?

    @Option(help: "Only those that cost as much or less.")
    var maxPrice: String?

    @Option(help: "Only those with a price in this currency (ISO 4217); of a price to compare with EUR by default.")
    var currency: String?

    @Flag(inversion: .prefixedNo, help: "Only those that can be ordered now, or only those that cannot.")
    var inStock: Bool?

    // Values that begin with a hyphen are no options here.
    @Option(parsing: .unconditional, help: "In this order; with a hyphen before it the other way round.")
    var sort: ProductSort?

    func validate() throws {
        for price in [minPrice, maxPrice].compactMap(\.self) where amount(price) == nil {
            throw ValidationError(
                "'\(price)' is no amount of '\(comparedCurrency)'; write it like 19.99, with --currency EUR.")
        }
        if let least = amount(minPrice), let most = amount(maxPrice), least > most {
            throw ValidationError("--min-price is more than --max-price.")
        }
    }

    /// Prices in minor units, as all money of the API. A number means nothing without its currency, so with a price there
    /// always is one.
    var query: [(name: String, value: String)] {
        let currency = minPrice == nil && maxPrice == nil ? currency : comparedCurrency
        let members: [(String, String?)] = [
            ("q", search), ("minPrice", amount(minPrice).map { String($0) }),
            ("maxPrice", amount(maxPrice).map { String($0) }), ("currency", currency),
            ("inStock", inStock.map { String($0) }), ("sort", sort?.rawValue),
        ]
        return members.compactMap { name, value in value.map { (name, $0) } }
    }

    private var comparedCurrency: String { currency ?? "EUR" }

    private func amount(_ price: String?) -> Int64? {
        price.flatMap { Money($0, currency: comparedCurrency)?.amount }
    }
}

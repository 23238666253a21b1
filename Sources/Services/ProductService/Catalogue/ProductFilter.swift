import GRDB
import ServiceKit

/// Which products are listed: `?q=&minPrice=&maxPrice=&currency=&inStock=`. Prices are amounts in minor units.
struct ProductFilter: Sendable, Equatable {
    let search: SearchText?
    let minPrice: Int?
    let maxPrice: Int?
    let currency: Money.Currency?
    let inStock: Bool?

    init(reading reader: inout QueryReader) {
        let search = reader.parsed("q", as: "at most \(SearchText.longest) characters long", SearchText.init)
        self.search = search?.isBlank == true ? nil : search
        minPrice = reader.integer("minPrice", in: 0...Money.largestAmount)
        maxPrice = reader.integer("maxPrice", in: 0...Money.largestAmount)
        currency = reader.parsed("currency", as: "an ISO 4217 code", Money.Currency.init)
        inStock = reader.parsed("inStock", as: "true or false", Bool.init)
    }

    /// All of it, in one spelling.
    var json: JSONValue {
        [
            "q": search.map { .array($0.words.map { .string($0) }) } ?? .null,
            "minPrice": minPrice.map { .integer(Int64($0)) } ?? .null,
            "maxPrice": maxPrice.map { .integer(Int64($0)) } ?? .null,
            "currency": currency.map { .string($0.description) } ?? .null,
            "inStock": inStock.map { .bool($0) } ?? .null,
        ]
    }

    /// SQL conditions with their arguments: nothing that a client sent stands in the SQL itself.
    var conditions: [(sql: String, arguments: [DatabaseValue])] {
        var conditions: [(sql: String, arguments: [DatabaseValue])] = []
        if let search {
            if let expression = search.expression {
                conditions.append(
                    (
                        "number IN (SELECT rowid FROM product_words WHERE product_words MATCH ? LIMIT ?)",
                        [expression.databaseValue, SearchText.mostFound.databaseValue]
                    ))
            } else {
                conditions.append(("FALSE", []))
            }
        }
        if let minPrice { conditions.append(("price_amount >= ?", [minPrice.databaseValue])) }
        if let maxPrice { conditions.append(("price_amount <= ?", [maxPrice.databaseValue])) }
        if let currency { conditions.append(("price_currency = ?", [currency.description.databaseValue])) }
        if let inStock { conditions.append((inStock ? "stock > 0" : "stock = 0", [])) }
        return conditions
    }
}

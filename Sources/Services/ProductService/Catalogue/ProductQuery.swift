import Foundation
import GRDB
import Hummingbird
import ServiceKit

/// Which products are asked for, in which order, and which page of them: ``ProductFilter``, `?sort=&limit=&cursor=`.
struct ProductQuery: Sendable, Equatable {
    let filter: ProductFilter
    let order: ProductOrder
    /// What its cursors are bound to: a hash of filter and order, so that nobody pages on in a list he did not begin.
    let list: String
    let limit: Int
    /// The place of the last row of the page before: a value of the order's key, and an id.
    let place: [DatabaseValue]?

    init(_ request: Request) throws(Problem) {
        var reader = QueryReader(request)
        filter = ProductFilter(reading: &reader)
        order = reader.parsed("sort", as: "one of \(ProductOrder.names)", ProductOrder.init) ?? .standard
        list = "products \(Self.hash(JSONWriter.bytes(of: ["filter": filter.json, "sort": .string(order.text)])))"
        let page = reader.page(of: list, order.place)
        try reader.finish()
        limit = page.limit
        place = page.after
    }

    /// The statement that fetches the page and one row more.
    var statement: (sql: String, arguments: StatementArguments) {
        var conditions = filter.conditions
        if let place { conditions.append((order.behindPlace, place)) }
        let clause = conditions.isEmpty ? "" : "WHERE \(conditions.map(\.sql).joined(separator: " AND "))"
        return (
            "SELECT \(Product.columns) FROM products \(clause) ORDER BY \(order.clause) LIMIT ?",
            StatementArguments(conditions.flatMap(\.arguments) + [(limit + 1).databaseValue])
        )
    }

    /// FNV-1a, 64 bits: it tells honest clients' queries apart, and whoever forges a cursor only misleads himself.
    private static func hash(_ bytes: [UInt8]) -> String {
        let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return String(hash, radix: 16)
    }
}

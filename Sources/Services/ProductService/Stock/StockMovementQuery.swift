import Foundation
import Hummingbird
import ServiceKit

/// Which movements of a product are asked for: `?limit=&cursor=`.
struct StockMovementQuery: Sendable, Equatable {
    /// What its cursors are bound to.
    let list: String
    let limit: Int
    /// Only movements before this one.
    let before: Int64

    init(_ request: Request, of product: UUID) throws(Problem) {
        var reader = QueryReader(request)
        list = "movements \(product.text)"
        let page = reader.page(of: list) { keys in keys.count == 1 ? Int64(keys[0]) : nil }
        try reader.finish()
        limit = page.limit
        before = page.after ?? .max
    }
}

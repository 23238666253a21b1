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
        var reader = try QueryReader(request)
        list = "movements \(product.text)"
        let page = try reader.page(of: list, keys: 1)
        limit = page.limit
        try reader.finish()
        guard let keys = page.after else {
            before = .max
            return
        }
        guard let number = Int64(keys[0]) else {
            throw .malformedRequest("cursor must be one that this list gave out.")
        }
        before = number
    }
}

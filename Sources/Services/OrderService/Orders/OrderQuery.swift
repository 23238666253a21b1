import Foundation
import Hummingbird
import ServiceKit

/// Which orders are asked for: `?status=&limit=&cursor=`.
struct OrderQuery: Sendable {
    /// Whose; nil for everybody's.
    let user: UUID?
    /// nil for any.
    let status: Order.Status?
    /// What its cursors are bound to.
    let list: String
    let page: PagePlace<CreationPlace>

    init(_ request: Request, of reach: Reach) throws(Problem) {
        var reader = QueryReader(request)
        let states = Order.Status.allCases.map(\.rawValue).joined(separator: ", ")
        user = if case .account(let id) = reach { id } else { nil }
        status = reader.parsed("status", as: "one of \(states)", Order.Status.init)
        list = "orders \(user?.text ?? "of all") \(status?.rawValue ?? "in any state")"
        page = reader.page(of: list, CreationPlace.init(keys:))
        try reader.finish()
    }
}

import Foundation
import GRDB
import ServiceKit

/// Orders as they are read. Only sagas change them.
struct OrderStore: Sendable {
    let database: any DatabaseReader

    func find(_ id: UUID) async throws -> Order? {
        try await database.read { database in
            try Order.fetch(database, sql: "SELECT * FROM orders WHERE id = ?", arguments: [id.text]).first
        }
    }

    /// Oldest first.
    func list(_ query: OrderQuery) async throws -> ListPage<Order> {
        let (user, after) = (query.user, query.page.after)
        let orders = try await database.read { database in
            try Order.fetch(
                database,
                sql: """
                    SELECT * FROM orders
                    WHERE \(user == nil ? "?1 IS NULL" : "user_id = ?1") AND (?2 IS NULL OR status = ?2)
                        AND (created_at, id) > (?3, ?4)
                    ORDER BY created_at, id LIMIT ?5
                    """,
                arguments: [
                    user?.text, query.status?.rawValue, after?.createdAt.milliseconds ?? -1, after?.id.text ?? "",
                    query.page.limit + 1,
                ])
        }
        return ListPage(fetched: orders, limit: query.page.limit, list: query.list) { order in
            CreationPlace(createdAt: order.createdAt, id: order.id).keys
        }
    }
}

extension Order {
    /// The orders that `sql` selects, each with its lines.
    static func fetch(_ database: Database, sql: String, arguments: StatementArguments) throws -> [Order] {
        try Row.fetchAll(database, sql: sql, arguments: arguments).map { row in
            let lines = try Row.fetchAll(
                database, sql: "SELECT * FROM order_lines WHERE order_id = ? ORDER BY position",
                arguments: [row["id"] as String])
            return try Order(row: row, lines: lines.map(Line.init(row:)))
        }
    }

    init(row: Row, lines: [Line]) throws {
        guard let id = UUID(text: row["id"]), let userID = UUID(text: row["user_id"]),
            let status = Status(rawValue: row["status"])
        else { throw UnreadableOrder() }
        self.init(
            id: id, userID: userID, status: status, lines: lines, rejection: try Rejection(row: row),
            createdAt: row["created_at"], updatedAt: row["updated_at"])
    }

    /// A row that cannot have been written by us.
    struct UnreadableOrder: Error {}
}

extension Order.Line {
    fileprivate init(row: Row) throws {
        guard let productID = UUID(text: row["product_id"]) else { throw Order.UnreadableOrder() }
        var offer: Order.Offer?
        if let name: String = row["name"], let amount: Int = row["price_amount"],
            let currency = (row["price_currency"] as String?).flatMap(Money.Currency.init)
        {
            offer = Order.Offer(name: name, unitPrice: Money(amount: amount, currency: currency))
        }
        self.init(productID: productID, quantity: row["quantity"], offer: offer)
    }
}

extension Rejection {
    /// nil for an order that was not rejected.
    fileprivate init?(row: Row) throws {
        guard let text: String = row["rejection"] else { return nil }
        guard let reason = Reason(rawValue: text), let detail: String = row["rejection_detail"] else {
            throw Order.UnreadableOrder()
        }
        self.init(reason: reason, detail: detail)
    }
}

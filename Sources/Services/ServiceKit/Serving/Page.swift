import Foundation
import Hummingbird

/// A place in a list ordered by time of creation and id: where the next page begins. Opaque outside.
package struct Cursor: Sendable, Equatable {
    package let createdAt: Timestamp
    package let id: UUID

    package init(createdAt: Timestamp, id: UUID) {
        self.createdAt = createdAt
        self.id = id
    }

    package var token: String { Base64URL.encode("\(createdAt.milliseconds).\(id.text)".utf8) }

    package init?(token: String) {
        guard token.utf8.count <= 128, let bytes = Base64URL.decode(token) else { return nil }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: ".")
        guard parts.count == 2, let time = Int64(parts[0]), let id = UUID(text: parts[1]) else {
            return nil
        }
        self.init(createdAt: Timestamp(milliseconds: time), id: id)
    }
}

/// Which part of a list is asked for: `?limit=` from 1 to 100 (20 by default) and `?cursor=`.
package struct PageRequest: Sendable, Equatable {
    package let limit: Int
    package let cursor: Cursor?

    package init(limit: Int = 20, cursor: Cursor? = nil) {
        self.limit = limit
        self.cursor = cursor
    }
}

extension Request {
    /// The page asked for; 400 when a parameter is wrong.
    package func page() throws(Problem) -> PageRequest {
        var limit = 20
        if let text = uri.queryParameters["limit"] {
            guard let number = Int(text), (1...100).contains(number) else {
                throw .malformedRequest("limit must be a whole number from 1 to 100.")
            }
            limit = number
        }
        guard let token = uri.queryParameters["cursor"] else { return PageRequest(limit: limit) }
        guard let cursor = Cursor(token: String(token)) else {
            throw .malformedRequest("cursor is not one we gave out.")
        }
        return PageRequest(limit: limit, cursor: cursor)
    }
}

/// Part of a list. Stores fetch `limit + 1` rows; the one too many only shows that there is a next page.
package struct Page<Item: Sendable>: Sendable {
    package let items: [Item]
    package let next: Cursor?

    package init(fetched: [Item], limit: Int, cursor: (Item) -> Cursor) {
        items = Array(fetched.prefix(limit))
        next = fetched.count > limit ? items.last.map(cursor) : nil
    }

    /// `{items, nextCursor}`
    package func json(_ item: (Item) -> JSONValue) -> JSONValue {
        ["items": .array(items.map(item)), "nextCursor": next.map { .string($0.token) } ?? .null]
    }
}

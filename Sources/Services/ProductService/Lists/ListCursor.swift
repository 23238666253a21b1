import Foundation
import ServiceKit

/// Where the next page of a list begins: behind the row that these keys place in the list's order. Opaque outside.
///
/// It holds the row's keys and not its number, so that rows which come, change or go meanwhile move no other row off or
/// onto the next page; and the name of its list, since in another order the same keys are another place.
struct ListCursor: Sendable, Equatable {
    let list: String
    /// None has a line feed.
    let keys: [String]

    init(list: String, keys: [String]) {
        self.list = list
        self.keys = keys
    }

    /// nil when it is none of ours.
    init?(token: String) {
        guard token.utf8.count <= 2048, let bytes = Base64URL.decode(token) else { return nil }
        let parts = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        self.init(list: parts[0], keys: Array(parts.dropFirst()))
    }

    var token: String { Base64URL.encode(([list] + keys).joined(separator: "\n").utf8) }
}

/// Which part of a list is asked for.
struct PagePlace: Sendable, Equatable {
    let limit: Int
    /// The keys of the last row of the page before; nil for the first page.
    let after: [String]?
}

/// Part of a list. Stores fetch `limit + 1` rows; the one too many only shows that there is a next page.
struct ListPage<Item: Sendable & JSONWritable>: Sendable {
    let items: [Item]
    let next: ListCursor?

    /// - Parameter keys: what places a row in the order of the list called `list`.
    init(fetched: [Item], limit: Int, list: String, keys: (Item) -> [String]) {
        items = Array(fetched.prefix(limit))
        next = fetched.count > limit ? items.last.map { ListCursor(list: list, keys: keys($0)) } : nil
    }
}

extension ListPage: JSONWritable {
    /// `{items, nextCursor}`
    func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("items", items)
            $0.member("nextCursor", next?.token)
        }
    }
}

/// Which part of a list is asked for, see ``QueryReader/page(of:_:)``.
package struct PagePlace<Place: Sendable>: Sendable {
    package let limit: Int
    /// Where the last row of the page before stands; nil for the first page.
    package let after: Place?
}

/// Part of a list. Stores fetch `limit + 1` rows; the one too many only shows that there is a next page.
package struct ListPage<Item: Sendable & JSONWritable>: Sendable {
    package let items: [Item]
    package let next: ListCursor?

    /// - Parameter keys: what places a row in the order of the list called `list`.
    package init(fetched: [Item], limit: Int, list: String, keys: (Item) -> [String]) {
        items = Array(fetched.prefix(limit))
        next = fetched.count > limit ? items.last.map { ListCursor(list: list, keys: keys($0)) } : nil
    }
}

extension ListPage: JSONWritable {
    /// `{items, nextCursor}`
    package func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("items", items)
            $0.member("nextCursor", next?.token)
        }
    }
}

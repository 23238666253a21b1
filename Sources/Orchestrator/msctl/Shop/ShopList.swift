/// A list as it was read, from one page or several.
struct ShopList<Item: ShopItem> {
    private(set) var items: [Item] = []
    /// Each item as the API wrote it.
    private(set) var documents: [ArraySlice<UInt8>] = []
    /// Where it goes on; nil at its end.
    private(set) var cursor: String?
    /// What the API answered, when that is the whole list.
    private(set) var answer: ShopAnswer?

    /// Reads as many pages as it takes.
    static func read(_ request: ShopRequest, _ page: PageOptions, _ shop: Shop) async throws(CommandFailure) -> ShopList
    {
        var list = ShopList()
        var cursor = page.cursor
        var seen: Set<String> = []
        var pages = 0
        while true {
            var request = request
            if let size = page.size(after: list.items.count) { request.query.append(("limit", String(size))) }
            if let cursor {
                seen.insert(cursor)
                request.query.append(("cursor", cursor))
            }
            let answer = try await shop.call(request)
            let found = try answer.decoded(ShopPage<Item>.self)
            pages += 1
            list.items += found.items
            list.documents += JSONSlices.member("items", of: answer.body).map { JSONSlices.elements(of: $0) } ?? []
            list.cursor = found.nextCursor
            list.answer = pages == 1 ? answer : nil
            guard let next = found.nextCursor else { return list }
            if !page.all {
                guard let wanted = page.wanted, list.items.count < wanted else { return list }
            }
            guard !seen.contains(next) else {
                throw .unreachable("the API's list has no end: it goes on where it was before", hint: "msctl status")
            }
            cursor = next
        }
    }

    /// The API's own bytes, or its items put together: `{items, nextCursor}`.
    var json: [UInt8] {
        if let answer { return answer.body }
        var bytes = Array(#"{"items":["#.utf8)
        for (index, document) in documents.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += document
        }
        let end = cursor.map { #"],"nextCursor":\#(JSONOutput.line($0))}"# } ?? #"],"nextCursor":null}"#
        return bytes + Array(end.utf8)
    }
}

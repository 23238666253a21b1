/// A list as it was read, from one page or several.
struct ShopList<Item: ShopItem> {
    /// Where it goes on.
    enum Rest: Equatable {
        case nothing
        case from(cursor: String)
        /// In the middle of a page, which no cursor can name.
        case unnamed
    }

    private(set) var items: [Item] = []
    /// Each item as the API wrote it.
    private(set) var documents: [ArraySlice<UInt8>] = []
    private(set) var rest = Rest.nothing
    /// What the API answered, when that is the whole list.
    private(set) var answer: ShopAnswer?

    /// Reads as many pages as it takes.
    ///
    /// - Parameter isMeant: leaves items out that the API cannot be asked to leave out.
    static func read(
        _ request: ShopRequest, _ page: PageOptions, _ shop: Shop, where isMeant: ((Item) -> Bool)? = nil
    ) async throws(CommandFailure) -> ShopList {
        var list = ShopList()
        var cursor = page.cursor
        var pages = 0
        while true {
            var request = request
            // With some left out, a page of as many as are missing would seldom bring them.
            let size = isMeant == nil ? page.size(after: list.items.count) : PageOptions.largestPage
            if let size { request.query.append(("limit", String(size))) }
            if let cursor { request.query.append(("cursor", cursor)) }
            let answer = try await shop.call(request)
            let found = try answer.decoded(ShopPage<Item>.self)
            pages += 1
            let most = isMeant != nil && !page.all ? page.limit ?? Self.shownByDefault : page.wanted
            list.add(found, answer, where: isMeant, most: most)
            list.answer = pages == 1 && isMeant == nil && list.rest != .unnamed ? answer : nil
            guard case .from(let next) = list.rest else { return list }
            if !page.all {
                guard let most, list.items.count < most else { return list }
            }
            guard next != cursor else {
                throw .unreachable("the API's list has no end: it goes on where it began", hint: "msctl status")
            }
            cursor = next
        }
    }

    /// As the API has it.
    private static var shownByDefault: Int { 20 }

    private mutating func add(
        _ page: ShopPage<Item>, _ answer: ShopAnswer, where isMeant: ((Item) -> Bool)?, most: Int?
    ) {
        let texts = JSONSlices.member("items", of: answer.body).map { JSONSlices.elements(of: $0) } ?? []
        var meant = zip(page.items, texts).filter { isMeant?($0.0) ?? true }
        rest = page.nextCursor.map { .from(cursor: $0) } ?? .nothing
        if let most, items.count + meant.count > most {
            meant = Array(meant.prefix(most - items.count))
            rest = .unnamed
        }
        items += meant.map(\.0)
        documents += meant.map(\.1)
    }

    /// The API's own bytes, or its items put together: `{items, nextCursor}`, without the cursor where none is known.
    var json: [UInt8] {
        if let answer { return answer.body }
        let end =
            switch rest {
            case .nothing: #"],"nextCursor":null}"#
            case .from(let cursor): #"],"nextCursor":\#(JSONOutput.line(cursor))}"#
            case .unnamed: "]}"
            }
        var bytes = Array(#"{"items":["#.utf8)
        for (index, document) in documents.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += document
        }
        return bytes + Array(end.utf8)
    }
}

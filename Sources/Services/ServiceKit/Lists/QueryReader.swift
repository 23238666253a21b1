import Hummingbird

/// Reads the parameters of a query into a closed type, as ``ObjectReader`` does with a body: each reading method takes
/// one and notes what is wrong with it, and `finish()` throws all of that as one 400 which names each parameter, those
/// that nobody asked for included. What was read may be used only after `finish()` has returned.
package struct QueryReader {
    /// More than this is not told at once.
    private static let mostTold = 10

    private var unread: [String: String] = [:]
    private var wrong: [String] = []

    package init(_ request: Request) {
        var repeated: Set<String> = []
        for (name, value) in request.uri.queryParameters where !(name.isEmpty && value.isEmpty) {
            let name = String(name)
            guard unread[name] != nil else {
                unread[name] = String(value)
                continue
            }
            if repeated.insert(name).inserted { note(stranger: name, "is given twice") }
        }
    }

    /// Any text; nil when it is absent.
    package mutating func text(_ name: String) -> String? {
        unread.removeValue(forKey: name)
    }

    /// What `parse` makes of the text; nil when it is absent, and when `parse` makes nothing of it, which is noted as
    /// "must be `expected`".
    package mutating func parsed<Value>(
        _ name: String, as expected: String, _ parse: (String) -> Value?
    ) -> Value? {
        guard let text = text(name) else { return nil }
        let value = parse(text)
        if value == nil { note(name, "must be \(expected)") }
        return value
    }

    /// A whole number in `range`; nil when it is absent.
    package mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return parsed(name, as: expected) { text in Int(text).flatMap { range.contains($0) ? $0 : nil } }
    }

    /// `?limit=` and `?cursor=` of the list called `list`. To be read behind what says which list it is.
    ///
    /// - Parameter place: what the keys of a row are the place of; nil when no row of the list has such keys.
    package mutating func page<Place>(of list: String, _ place: ([String]) -> Place?) -> PagePlace<Place> {
        let expected = "one that this list gave out"
        let limit = integer("limit", in: 1...100) ?? 20
        guard let cursor = parsed("cursor", as: expected, ListCursor.init(token:)) else {
            return PagePlace(limit: limit, after: nil)
        }
        let after = cursor.list == list ? place(cursor.keys) : nil
        // Which list it is is not known when another parameter is wrong.
        if after == nil, wrong.isEmpty { note("cursor", "must be \(expected)") }
        return PagePlace(limit: limit, after: after)
    }

    /// Throws what is wrong with any parameter, and every one that nobody read.
    package mutating func finish() throws(Problem) {
        for name in unread.keys.sorted() { note(stranger: name, "is not known") }
        unread = [:]
        guard !wrong.isEmpty else { return }
        let more = wrong.count - Self.mostTold
        throw .malformedRequest(
            wrong.prefix(Self.mostTold).joined(separator: " ") + (more > 0 ? " And \(more) more." : ""))
    }

    private mutating func note(_ name: String, _ detail: String) { wrong.append("\(name) \(detail).") }

    /// A name that somebody else chose is repeated only if it is a word; anything else may be a password in the wrong
    /// place.
    private mutating func note(stranger name: String, _ detail: String) {
        note(ObjectReader.isWord(name) ? name : "A parameter", detail)
    }
}

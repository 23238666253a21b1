import Hummingbird
import ServiceKit

/// Reads the parameters of a query into a closed type, as `ObjectReader` does with a body: each reading method takes one,
/// and `finish()` refuses those nobody asked for. Everything that is wrong is a 400 that names the parameter.
struct QueryReader {
    private var unread: [String: String] = [:]

    init(_ request: Request) throws(Problem) {
        for (name, value) in request.uri.queryParameters where !(name.isEmpty && value.isEmpty) {
            guard unread.updateValue(String(value), forKey: String(name)) == nil else {
                throw .malformedRequest("\(Self.shown(String(name))) is given twice.")
            }
        }
    }

    /// Any text; nil when it is absent.
    mutating func text(_ name: String) -> String? {
        unread.removeValue(forKey: name)
    }

    /// What `parse` makes of the text; nil when it is absent, 400 "must be `expected`" when `parse` makes nothing of it.
    mutating func parsed<Value>(
        _ name: String, as expected: String, _ parse: (String) -> Value?
    ) throws(Problem) -> Value? {
        guard let text = text(name) else { return nil }
        guard let value = parse(text) else { throw .malformedRequest("\(name) must be \(expected).") }
        return value
    }

    /// A whole number in `range`; nil when it is absent.
    mutating func integer(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return try parsed(name, as: expected) { text in Int(text).flatMap { range.contains($0) ? $0 : nil } }
    }

    /// `?limit=` and `?cursor=`, of the list called `list`, whose rows are placed by `count` keys.
    mutating func page(of list: String, keys count: Int) throws(Problem) -> PagePlace {
        let limit = try integer("limit", in: 1...100) ?? 20
        let keys = try parsed("cursor", as: "one that this list gave out") { token in
            ListCursor(token: token).flatMap { $0.list == list && $0.keys.count == count ? $0.keys : nil }
        }
        return PagePlace(limit: limit, after: keys)
    }

    /// Throws when there is a parameter that nobody read.
    func finish() throws(Problem) {
        guard let name = unread.keys.min() else { return }
        throw .malformedRequest("\(Self.shown(name)) is not a known parameter.")
    }

    /// A name that somebody else chose, if it is a word as parameters are called: anything else may be what was meant to
    /// be a value, such as a password.
    private static func shown(_ name: String) -> String {
        let isWord =
            (1...32).contains(name.utf8.count)
            && name.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F }
        return isWord ? name : "A parameter"
    }
}

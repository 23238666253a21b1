/// A regular expression that is searched for in bytes; without metacharacters a plain, much faster search.
///
/// `@unchecked Sendable`: a Regex is not, because one with closures could not be. This one is made from text; it compiles
/// itself when it is first asked, keeps the result by an atomic exchange, and never changes after that.
struct TextPattern: @unchecked Sendable {
    private enum Kind {
        case literal([UInt8])
        case regex(Regex<AnyRegexOutput>)
    }
    /// It is no regular expression, or takes too much to search for.
    struct Bad: Error {
        let text: String
        let reason: String
    }
    private let kind: Kind
    private let text: String

    init(_ text: String) throws(Bad) {
        self.text = text
        if !text.utf8.contains(where: { #"\.[]{}()*+?^$|"#.utf8.contains($0) }) {
            kind = .literal(Array(text.utf8))
            return
        }
        do {
            kind = .regex(try Regex(text).matchingSemantics(.unicodeScalar))
        } catch {
            throw Bad(text: text, reason: "\(error)")
        }
    }

    /// The bytes of a plain search; nil when there are none, which every line holds.
    var literal: [UInt8]? { if case .literal(let bytes) = kind, !bytes.isEmpty { bytes } else { nil } }

    func occurs(in bytes: ArraySlice<UInt8>) throws(Bad) -> Bool {
        switch kind {
        case .literal(let needle): return LineScanner.contains(needle, in: bytes)
        case .regex(let regex):
            do {
                return try regex.firstMatch(in: String(decoding: bytes, as: UTF8.self)) != nil
            } catch {
                throw Bad(text: text, reason: "\(error)")
            }
        }
    }
}

/// A regular expression that is searched for in bytes; without metacharacters a plain, much faster search.
struct TextPattern: Sendable {
    private enum Kind {
        case literal([UInt8])
        case expression(RegularExpression)
    }
    private let kind: Kind

    init(_ text: String) throws(RegularExpression.Bad) {
        if text.utf8.contains(where: { #"\.[]{}()*+?^$|"#.utf8.contains($0) }) {
            kind = .expression(try RegularExpression(text))
        } else {
            kind = .literal(Array(text.utf8))
        }
    }

    /// The bytes of a plain search; nil when there are none, which every line holds.
    var literal: [UInt8]? { if case .literal(let bytes) = kind, !bytes.isEmpty { bytes } else { nil } }

    func occurs(in bytes: ArraySlice<UInt8>) throws(RegularExpression.Exhausted) -> Bool {
        switch kind {
        case .literal(let needle): LineScanner.contains(needle, in: bytes)
        case .expression(let expression): try expression.occurs(in: bytes)
        }
    }
}

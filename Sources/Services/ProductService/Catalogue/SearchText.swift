import ServiceKit

/// What a person typed to find products, as the words in it: all must be in the name or the description, the last as the
/// beginning of a word, for it may not be typed to its end.
///
/// Only letters and digits are kept, each word in quotes, so that nothing anybody types is syntax of FTS5.
struct SearchText: Sendable, Equatable {
    static let longest = 200
    /// Of more products that a text finds, the first that were offered are looked at: each has to be fetched to be put
    /// in its place, and a letter may find all there are.
    static let mostFound = 10_000

    let words: [String]
    /// Nothing but spaces: an empty search box looks for nothing in particular.
    let isBlank: Bool

    /// nil when it is longer than ``longest``.
    init?(_ text: String) {
        let scalars = text.unicodeScalars
        guard scalars.count <= Self.longest else { return nil }
        isBlank = scalars.allSatisfy(\.properties.isWhitespace)
        words = scalars.split { !Self.isPartOfWord($0) }
            .filter { $0.contains { !Self.isMark($0) } }
            .map { String($0) }
    }

    /// The FTS5 expression; nil when there is no word, such as in a smiley: then nothing is found.
    var expression: String? {
        words.isEmpty ? nil : words.map { "\"\($0)\"" }.joined(separator: " ") + "*"
    }

    /// What the index's tokenizer, unicode61, takes for a part of a word: letters, digits, private use, and the marks that
    /// stand on them.
    private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber, .privateUse:
            true
        default: isMark(scalar)
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }
}

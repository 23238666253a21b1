import Foundation

/// A user name as its owner writes it, and the key under which it is unique: NFKC without case, so that case,
/// composition and full-width look-alikes make no second account.
struct Username: Sendable, Equatable {
    let display: String
    let key: String

    /// 3 to 32 letters, digits, `.`, `_` or `-`; nil otherwise.
    init?(_ text: String) {
        let display = text.trimmingCharacters(in: .whitespaces).precomposedStringWithCanonicalMapping
        let isValid = display.unicodeScalars.allSatisfy {
            ($0.properties.isAlphabetic || $0.properties.numericType == .decimal || "._-".unicodeScalars.contains($0)
                || $0.properties.canonicalCombiningClass != .notReordered) && !$0.isInvisible
        }
        guard isValid, (3...32).contains(display.unicodeScalars.count) else { return nil }
        self.display = display
        key = Self.key(display)
    }

    /// The key of anything a person may type as a user name.
    static func key(_ text: String) -> String {
        text.trimmingCharacters(in: .whitespaces).precomposedStringWithCompatibilityMapping.withoutCase
            .precomposedStringWithCompatibilityMapping
    }
}

/// An e-mail address as its owner writes it, and the key under which it is unique.
struct EmailAddress: Sendable, Equatable {
    let display: String
    let key: String

    /// One `@` with something before and after it, no spaces, controls or anything that is not seen, at most 254 bytes
    /// (RFC 5321). Whether it exists only a message sent to it can tell.
    init?(_ text: String) {
        let display = text.trimmingCharacters(in: .whitespaces).precomposedStringWithCanonicalMapping
        let parts = display.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = display.unicodeScalars.allSatisfy {
            !$0.properties.isWhitespace && $0.properties.generalCategory != .control && !$0.isInvisible
        }
        guard isPlain, display.utf8.count <= 254, parts.count == 2, parts.allSatisfy({ !$0.isEmpty }),
            parts[0].utf8.count <= 64
        else { return nil }
        self.display = display
        key = Self.key(display)
    }

    static func key(_ text: String) -> String {
        text.trimmingCharacters(in: .whitespaces).precomposedStringWithCanonicalMapping.withoutCase
            .precomposedStringWithCanonicalMapping
    }
}

extension String {
    /// Lower case by way of upper case, which is the same for the letters that differ in lower case alone: `ß` and `ss`,
    /// `ς` and `σ`. And that by way of lower case, since `ẞ` is upper case itself.
    fileprivate var withoutCase: String { lowercased().uppercased().lowercased() }
}

extension Unicode.Scalar {
    /// Whether nobody sees that it is there: two names that differ in it alone are read as one.
    fileprivate var isInvisible: Bool {
        properties.isDefaultIgnorableCodePoint || properties.generalCategory == .format
    }
}

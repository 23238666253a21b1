import Foundation

/// A user name as its owner writes it, and the key under which it is unique: NFKC and lower case, so that case,
/// composition and full-width look-alikes make no second account.
struct Username: Sendable, Equatable {
    let display: String
    let key: String

    /// 3 to 32 letters, digits, `.`, `_` or `-`; nil otherwise.
    init?(_ text: String) {
        let display = text.trimmingCharacters(in: .whitespaces).precomposedStringWithCanonicalMapping
        let isValid = display.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || $0.properties.numericType == .decimal || "._-".unicodeScalars.contains($0)
                || $0.properties.canonicalCombiningClass != .notReordered
        }
        guard isValid, (3...32).contains(display.unicodeScalars.count) else { return nil }
        self.display = display
        key = Self.key(display)
    }

    /// The key of anything a person may type as a user name.
    static func key(_ text: String) -> String {
        text.trimmingCharacters(in: .whitespaces).precomposedStringWithCompatibilityMapping.lowercased()
            .precomposedStringWithCompatibilityMapping
    }
}

/// An e-mail address as its owner writes it, and the key under which it is unique.
struct EmailAddress: Sendable, Equatable {
    let display: String
    let key: String

    /// One `@` with something before and after it, no spaces or controls, at most 254 bytes (RFC 5321). Whether it
    /// exists only a message sent to it can tell.
    init?(_ text: String) {
        let display = text.trimmingCharacters(in: .whitespaces).precomposedStringWithCanonicalMapping
        let parts = display.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = display.unicodeScalars.allSatisfy {
            !$0.properties.isWhitespace && $0.properties.generalCategory != .control
        }
        guard isPlain, display.utf8.count <= 254, parts.count == 2, parts.allSatisfy({ !$0.isEmpty }),
            parts[0].utf8.count <= 64
        else { return nil }
        self.display = display
        key = Self.key(display)
    }

    static func key(_ text: String) -> String {
        text.trimmingCharacters(in: .whitespaces).precomposedStringWithCanonicalMapping.lowercased()
            .precomposedStringWithCanonicalMapping
    }
}

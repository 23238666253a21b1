import ServiceKit

/// A password that may be used for an account. bcrypt reads 72 bytes and stops at NUL, so anything that would be cut
/// is refused; what it looks like is the owner's business (no composition rules), unless everybody has it.
struct Password: Sendable, CustomStringConvertible {
    /// In characters (Unicode scalars), as people count.
    static let minimum = 8
    /// In bytes of UTF-8, as bcrypt does.
    static let maximum = 72

    /// What a violation says.
    static let rule = "8 characters to 72 bytes without NUL, and not a common password"

    let text: String

    init?(_ text: String) {
        guard Self.isHashable(text), text.unicodeScalars.count >= Self.minimum,
            !CommonPasswords.contains(text)
        else { return nil }
        self.text = text
    }

    /// Whether bcrypt reads all of `text`: a login attempt that it does not can only be wrong.
    static func isHashable(_ text: String) -> Bool {
        text.utf8.count <= maximum && !text.utf8.contains(0)
    }

    var description: String { "Password(…)" }
}

import CLinux

/// A manifest's regular expression, or the plain text that most of them are. Bytes that are no UTF-8 count as U+FFFD.
struct Pattern {
    private let literal: [UInt8]?
    private let expression: Regex<AnyRegexOutput>?

    /// One that cannot be read matches nothing; manifests are checked for that when they are loaded.
    init(_ text: String) {
        let isPlain = !text.isEmpty && !text.contains { #"\^$.|?*+()[]{}"#.contains($0) }
        literal = isPlain ? Array(text.utf8) : nil
        // By scalars: by characters, as is usual in Swift, a pattern would not see the parts of "\r\n".
        expression = isPlain ? nil : (try? Regex(text))?.matchingSemantics(.unicodeScalar)
    }

    func matches(_ bytes: ArraySlice<UInt8>) -> Bool {
        if let literal {
            return bytes.withUnsafeBytes { haystack in
                literal.withUnsafeBytes { needle in
                    clinux_memmem(haystack.baseAddress, haystack.count, needle.baseAddress, needle.count) != nil
                }
            }
        }
        guard let expression else { return false }
        return String(decoding: bytes, as: UTF8.self).contains(expression)
    }
}

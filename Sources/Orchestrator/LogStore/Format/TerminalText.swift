/// Foreign text made safe for a terminal: what would move the cursor, change colours or turn the reading direction is
/// shown as `\u{1b}`, not obeyed.
package enum TerminalText {
    /// More than this of one line is not shown.
    static let longest = 8_192

    /// The text as it may be shown.
    package static func shown(_ text: String) -> String {
        if text.unicodeScalars.allSatisfy(isSafe) { return text }
        var bytes: [UInt8] = []
        append(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    static func append(_ text: some StringProtocol, to bytes: inout [UInt8]) {
        if text.utf8.allSatisfy({ 0x20..<0x7F ~= $0 }) {
            bytes.append(contentsOf: text.utf8)
            return
        }
        for scalar in text.unicodeScalars {
            if isSafe(scalar) {
                bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            } else {
                bytes.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".utf8)
            }
        }
    }

    /// The same for text as it stands in a line, given with an end that may be in the middle of a character.
    static func append(_ text: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
        let start = UnsafeRawBufferPointer(rebasing: text.prefix(longest + 1))
        if isPlain(start) {
            bytes.append(contentsOf: start)
        } else {
            append(String(decoding: text, as: UTF8.self).prefix(longest + 1), to: &bytes)
        }
    }

    /// Whether every byte is a printable character of ASCII.
    static func isPlain(_ text: UnsafeRawBufferPointer) -> Bool { !contains(text) { $0 &- 0x20 >= 0x5F } }

    /// Whether there is neither a blank nor an equals sign in it.
    static func isWord(_ text: UnsafeRawBufferPointer) -> Bool { !contains(text) { $0 == 0x20 || $0 == 0x3D } }

    /// Looks to the end, whatever is found: so it is done many bytes at a time.
    @inline(__always)
    private static func contains(_ text: UnsafeRawBufferPointer, _ isMeant: (UInt8) -> Bool) -> Bool {
        var found: UInt8 = 0
        for byte in text { found |= isMeant(byte) ? 1 : 0 }
        return found != 0
    }

    private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09: true
        case 0..<0x20, 0x7F..<0xA0: false
        // Marks and overrides of direction, line and paragraph separators (Unicode TR 36, 3.6).
        case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: false
        default: true
        }
    }
}

/// The text of JSON strings: escaping (RFC 8259, section 7) and its reverse.
enum JSONText {
    /// Appends `text` as a JSON string with its quotes. Control characters are escaped, also DEL and those of U+0080 to
    /// U+009F, which some terminals obey.
    static func append(_ text: some StringProtocol, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var lead: UInt8 = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
            case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
            case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
            case 0..<0x20, 0x7F: appendEscape(byte, to: &bytes)
            case 0x80..<0xA0 where lead == 0xC2:
                bytes.removeLast()
                appendEscape(byte, to: &bytes)
            default: bytes.append(byte)
            }
            lead = byte
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// The same for a value as it stands in a line.
    static func append(_ value: FieldText, in line: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        let text = value.bytes(in: line)
        if value.kind == .plain, text.withUnsafeBytes(TerminalText.isPlain) {
            bytes.append(UInt8(ascii: "\""))
            bytes.append(contentsOf: text)
            bytes.append(UInt8(ascii: "\""))
        } else {
            append(value.text(in: line) ?? "", to: &bytes)
        }
    }

    private static func appendEscape(_ byte: UInt8, to bytes: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(contentsOf: #"\u00"#.utf8)
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
    }

    /// What a string's bytes, given without the quotes, stand for. Invalid UTF-8, lone surrogates and unknown escapes
    /// are shown as U+FFFD.
    static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case let same? where same == 0x22 || same == 0x5C || same == 0x2F: text.append(same)
            case UInt8(ascii: "u"): text.append(contentsOf: String(unicodeEscape(&rest)).utf8)
            default: text.append(contentsOf: "\u{FFFD}".utf8)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// After `\u`: four digits, and for a high surrogate the low one that must follow.
    private static func unicodeEscape(_ rest: inout ArraySlice<UInt8>) -> Unicode.Scalar {
        guard let unit = hexadecimal(rest.prefix(4)) else { return "\u{FFFD}" }
        rest = rest.dropFirst(4)
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, rest.starts(with: #"\u"#.utf8), let low = hexadecimal(rest.dropFirst(2).prefix(4)),
            0xDC00..<0xE000 ~= low
        else { return "\u{FFFD}" }
        rest = rest.dropFirst(6)
        return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt32? {
        guard digits.count == 4 else { return nil }
        var value: UInt32 = 0
        for byte in digits {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - 0x30)
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
                value = value << 4 | UInt32((byte | 0x20) - 0x57)
            default: return nil
            }
        }
        return value
    }
}

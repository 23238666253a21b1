/// One pass over a logfmt line, as logrus, slog's text handler and go-kit write it: `level=info msg="a \"b\"" n=1`.
struct LogfmtWalk {
    let bytes: LineBytes
    private var end: Int { bytes.end }

    init(_ bytes: LineBytes) { self.bytes = bytes }

    /// nil when the line does not begin with a pair, or none of its pairs is a time, a level or a message: text that
    /// happens to hold a `=` is text. The message counts only where the whole line is pairs, so that of
    /// `level=info msg=two words` nothing is lost.
    func fields() -> LineFields? {
        var fields = LineFields()
        let isWhole = forEachPair { key, value in
            guard let name = bytes.name(key), name == .message || !value.range.isEmpty else { return }
            _ = fields.take(name, value, bytes)
        }
        if !isWhole { fields.message = FieldText() }
        guard fields.time != nil || fields.level != nil || fields.message.kind != .missing else { return nil }
        return fields
    }

    /// Visits the pairs from the line's first byte on, until something is none. True when the line holds nothing else.
    func forEachPair(_ visit: (_ key: Range<Int>, _ value: FieldText) -> Void) -> Bool {
        var index = 0
        var strings = StringEnds(bytes, from: 0)
        while index < end {
            let key = index
            while Self.isKey(bytes[index]) { index += 1 }
            let keyEnd = index
            guard keyEnd > key, bytes[keyEnd] == UInt8(ascii: "=") else { return false }
            let value: FieldText
            if bytes[keyEnd + 1] == UInt8(ascii: "\"") {
                guard let string = strings.end(of: keyEnd + 2) else { return false }
                value = FieldText(string.isEscaped ? .escaped : .plain, (keyEnd + 2)..<string.end)
                index = string.end + 1
            } else {
                index = keyEnd + 1
                while bytes[index] > 0x20 { index += 1 }
                value = bare((keyEnd + 1)..<index)
            }
            let next = bytes.skippingBlanks(index)
            guard next > index || next == end else { return false }
            visit(key..<keyEnd, value)
            index = next
        }
        return true
    }

    /// A value without quotes is text as well, but for three words.
    private func bare(_ range: Range<Int>) -> FieldText {
        switch (range.count, bytes.word(at: range.lowerBound, length: range.count)) {
        case (4, 0x6575_7274), (5, 0x65_736C_6166), (4, 0x6C6C_756E): FieldText(.other, range)  // true, false, null
        default: FieldText(.plain, range)
        }
    }

    private static func isKey(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "-")...UInt8(ascii: "."), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "@"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// A level that stands in text as a word of its own. Only what can hardly be prose counts: capitals (`ERROR`), a word in
/// brackets (`[error]`), or one in small letters with a colon behind it (`error:`).
struct LevelWord {
    let level: LogLevel
    /// Behind the word.
    let end: Int

    /// A word in brackets, the first of which is at `open`: `[error]`, `<error>`, `[ ERROR ]`, or `[ERROR more]` in
    /// capitals.
    init?(bracketed bytes: LineBytes, at open: Int) {
        var start = open + 1
        while bytes[start] == 0x20 { start += 1 }
        let word = Letters(bytes, at: start)
        var close = word.end
        while bytes[close] == 0x20 { close += 1 }
        let isClosed = bytes[close] == UInt8(ascii: "]") || bytes[close] == UInt8(ascii: ">")
        guard let level = word.level(bytes, isBracketed: true),
            isClosed || (word.isUpper && Self.isBehind(bytes[word.end]))
        else { return nil }
        self.level = level
        end = word.end
    }

    /// A word without brackets.
    init?(bare bytes: LineBytes, at start: Int) {
        let word = Letters(bytes, at: start)
        // PostgreSQL has DEBUG1 to DEBUG5.
        let end = bytes.number(at: word.end, digits: 1) == nil ? word.end : word.end + 1
        let next = bytes.skippingColours(end)
        let hasColon = bytes[next] == UInt8(ascii: ":")
        guard let level = word.level(bytes, isBracketed: false) else { return nil }
        switch (word.isUpper, word.isLower) {
        case (true, _) where end > word.end: guard level == .debug, hasColon else { return nil }
        // LOG is a word like any other, but not as PostgreSQL writes it.
        case (true, _) where word.isLog: guard hasColon else { return nil }
        case (true, _): guard Self.isBehind(bytes[end]) else { return nil }
        // A Go program's last words are `panic: …`, and belong to no logger.
        case (_, true): guard hasColon, bytes[next + 1] <= 0x20, !word.isPanic else { return nil }
        default: return nil
        }
        self.level = level
        self.end = end
    }

    /// Whether a word in capitals can end before this byte.
    private static func isBehind(_ byte: UInt8) -> Bool {
        switch byte {
        // The line's end, tab, line end, a colour, blank.
        case 0, 0x09, 0x0D, 0x1B, 0x20: true
        case UInt8(ascii: ":"), UInt8(ascii: "]"), UInt8(ascii: ")"), UInt8(ascii: "|"), UInt8(ascii: ","),
            UInt8(ascii: "/"), UInt8(ascii: "["):
            true
        default: false
        }
    }
}

/// Up to twelve letters in a row.
private struct Letters {
    let start: Int
    let end: Int
    let isUpper: Bool
    let isLower: Bool
    /// The first eight in small letters, as a little-endian word.
    private let word: UInt64

    init(_ bytes: LineBytes, at start: Int) {
        var (end, word, all, any) = (start, 0 as UInt64, 0xFF as UInt8, 0 as UInt8)
        while end < start + 12, UInt8(ascii: "a")...UInt8(ascii: "z") ~= bytes[end] | 0x20 {
            if end < start + 8 { word |= UInt64(bytes[end] | 0x20) &<< UInt64((end - start) &* 8) }
            all &= bytes[end]
            any |= bytes[end]
            end += 1
        }
        (self.start, self.end, self.word) = (start, end, word)
        isUpper = any & 0x20 == 0
        isLower = all & 0x20 != 0
    }

    var isLog: Bool { word == 0x67_6F6C }
    var isPanic: Bool { word == 0x63_696E_6170 }

    /// As `LogLevel` knows it from records, and as only text has it.
    func level(_ bytes: LineBytes, isBracketed: Bool) -> LogLevel? {
        // INFORMATION is more often a heading.
        guard 3...9 ~= end - start || isBracketed else { return nil }
        // winston's `http` is a level in records; in text it is what the line is about.
        guard word != 0x7074_7468 else { return nil }
        if let level = LogLevel(spelled: bytes.buffer(start..<end)) { return level }
        switch (end - start, word) {
        case (3, 0x63_7274): return .trace  // trc
        case (3, 0x67_6264), (3, 0x62_7276): return .debug  // dbg, vrb
        case (3, 0x66_6E69): return .info  // inf
        case (3, 0x6E_7277): return .warning  // wrn
        case (3, 0x6C_7466): return .critical  // ftl
        case (4, 0x6563_7274): return .trace  // trce
        case (4, 0x6775_6264): return .debug  // dbug
        case (4, 0x6C69_6166): return .error  // fail
        case (6, 0x6572_6576_6573): return .error  // severe
        case (3, 0x67_6F6C): return isBracketed ? nil : .info  // log
        case (4, 0x6574_6F6E), (6, 0x6D65_7473_7973): return isBracketed ? .info : nil  // note, system
        default: return nil
        }
    }
}

/// How a line of text begins: a time, and close behind it a level; or a level first. Everything else is message, and not
/// looked at, so that prose and stack traces have neither.
struct TextHead {
    var fields = LineFields()
    let bytes: LineBytes
    private(set) var index: Int

    /// How far behind the time a level may stand.
    private static let reach = 64

    init(_ bytes: LineBytes) {
        self.bytes = bytes
        index = bytes.skippingColours(0)
        if readPrefix() || readRedis() || readKlog() || readLeadingLevel() { return }
        guard readTime() else { return }
        readLevel(until: min(index + Self.reach, bytes.end))
    }

    subscript(offset: Int) -> UInt8 { bytes[index + offset] }

    /// `ERROR:root:message`, `[INFO] message`, `warn: message`, and what has its time behind the level.
    private mutating func readLeadingLevel() -> Bool {
        guard let word = levelWord() else { return false }
        fields.level = word.level
        index = word.end
        while Self.isBetween(self[0]) { index += 1 }
        if self[0] == UInt8(ascii: "[") { index += 1 }
        fields.time = TextTime(bytes, at: index)?.time
        return true
    }

    /// A time, bare or in brackets; before it may stand a letter (Ruby's `E, [2026-…`) or a process (`[123] 2026/…`).
    private mutating func readTime() -> Bool {
        let isRuby = UInt8(ascii: "A")...UInt8(ascii: "Z") ~= self[0] && self[1] == UInt8(ascii: ",") && self[2] == 0x20
        if isRuby { index += 3 }
        if self[0] == UInt8(ascii: "[") {
            index = bytes.skippingColours(index + 1)
            let close = bytes.skippingDigits(index)
            if close > index, bytes[close] == UInt8(ascii: "]"), bytes[close + 1] == 0x20 { index = close + 2 }
        }
        guard let stamp = TextTime(bytes, at: index) else { return false }
        fields.time = stamp.time
        index = stamp.end
        return true
    }

    /// What may stand between time and level: signs, brackets with anything in them, numbers, and a logger's name
    /// between dashes.
    private mutating func readLevel(until limit: Int) {
        var isFenced = false
        while index < limit {
            if let word = levelWord() {
                fields.level = word.level
                return
            }
            switch self[0] {
            case UInt8(ascii: "-"), UInt8(ascii: "|"):
                isFenced = true
                index += 1
            case let byte where Self.isBetween(byte): index += 1
            case 0x1B:
                let next = bytes.skippingColours(index)
                guard next > index else { return }
                index = next
            case UInt8(ascii: "["), UInt8(ascii: "("), UInt8(ascii: "{"), UInt8(ascii: "<"):
                guard let close = closing(until: limit) else { return }
                index = close
            default:
                guard readName(until: limit, isFenced: isFenced) else { return }
                isFenced = false
            }
        }
    }

    /// Whether a sign says nothing between time and level.
    private static func isBetween(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x09, 0x20, UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "#"): true
        default: false
        }
    }

    private func levelWord() -> LevelWord? {
        switch self[0] {
        case UInt8(ascii: "["), UInt8(ascii: "<"): LevelWord(bracketed: bytes, at: index)
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"):
            LevelWord(bare: bytes, at: index)
        default: nil
        }
    }

    /// Passes over a word that is no level; false when it is the message's first.
    private mutating func readName(until limit: Int, isFenced: Bool) -> Bool {
        var end = index
        var (dot, hasSign, isNumber) = (nil as Int?, false, true)
        while end < limit, bytes[end] > 0x20 {
            switch bytes[end] {
            case UInt8(ascii: "."): dot = end
            case UInt8(ascii: "="), UInt8(ascii: "@"): (hasSign, isNumber) = (true, false)
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "#"), UInt8(ascii: ":"), UInt8(ascii: "]"): break
            default: isNumber = false
            }
            end += 1
        }
        // Monolog writes `channel.ERROR: message`.
        if let dot, bytes[end - 1] == UInt8(ascii: ":"), let word = LevelWord(bare: bytes, at: dot + 1),
            word.end == end - 1
        {
            fields.level = word.level
            return false
        }
        if isPostgresDetail(end) {
            fields.time = nil
            return false
        }
        let next = bytes.skippingBlanks(end)
        let hasFence = bytes[next] == UInt8(ascii: "-") || bytes[next] == UInt8(ascii: "|")
        let isName = isFenced && hasFence && bytes[next + 1] == 0x20
        guard end > index, end < limit, isName || isNumber || hasSign else { return false }
        index = end
        return true
    }

    /// Behind the bracket that closes the one here.
    private func closing(until limit: Int) -> Int? {
        let close =
            switch self[0] {
            case UInt8(ascii: "["): UInt8(ascii: "]")
            case UInt8(ascii: "("): UInt8(ascii: ")")
            case UInt8(ascii: "{"): UInt8(ascii: "}")
            default: UInt8(ascii: ">")
            }
        var end = index + 1
        // What holds quotes is a message.
        while end < limit, bytes[end] != UInt8(ascii: "\"") {
            if bytes[end] == close { return end + 1 }
            end += 1
        }
        return nil
    }
}

extension LogTime {
    /// Reads RFC 3339 (`T`, `t` or a blank between date and time, any number of fraction digits, `Z`, an offset, or
    /// neither, which is UTC), or a number of seconds, milli-, micro- or nanoseconds since 1970; nil for anything
    /// else.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        self.init(spelled: bytes)
    }

    /// As above, on the bytes of a line.
    @inline(__always)
    init?<Bytes: RandomAccessCollection>(spelled bytes: Bytes) where Bytes.Element == UInt8, Bytes.Index == Int {
        let start = bytes.startIndex
        if bytes.count >= 19, bytes[start + 4] == UInt8(ascii: "-") {
            self.init(calendar: bytes)
        } else {
            self.init(epoch: bytes)
        }
    }

    /// A number since 1970; its size tells the unit. Below 10⁸ it is a duration or a count, not a time.
    @inline(__always)
    init?<Bytes: RandomAccessCollection>(epoch bytes: Bytes) where Bytes.Element == UInt8, Bytes.Index == Int {
        var index = bytes.startIndex
        var whole: Int64 = 0
        while index < bytes.endIndex, let digit = Self.digit(bytes[index]) {
            guard index - bytes.startIndex < 18 || whole < 922_337_203_685_477_580 else { return nil }
            whole = whole * 10 + digit
            index += 1
        }
        var fraction: Int64 = 0
        if index < bytes.endIndex {
            guard bytes[index] == UInt8(ascii: "."), let parsed = Self.fraction(bytes, from: index + 1) else {
                return nil
            }
            (fraction, index) = parsed
        }
        guard index == bytes.endIndex else { return nil }
        switch whole {
        case 100_000_000..<9_000_000_000: self.init(seconds: whole, nanoseconds: fraction)
        case 100_000_000_000..<9_000_000_000_000:
            self.init(nanoseconds: whole * 1_000_000 + fraction / 1_000)
        case 100_000_000_000_000..<9_000_000_000_000_000: self.init(nanoseconds: whole * 1_000)
        case 100_000_000_000_000_000...: self.init(nanoseconds: whole)
        default: return nil
        }
    }

    @inline(__always)
    private init?<Bytes: RandomAccessCollection>(calendar bytes: Bytes)
    where Bytes.Element == UInt8, Bytes.Index == Int {
        let start = bytes.startIndex
        guard let century = Self.pair(bytes, start), let yearInCentury = Self.pair(bytes, start + 2),
            let month = Self.pair(bytes, start + 5), let day = Self.pair(bytes, start + 8),
            let hour = Self.pair(bytes, start + 11), let minute = Self.pair(bytes, start + 14),
            let second = Self.pair(bytes, start + 17)
        else { return nil }
        let separator = bytes[start + 10]
        guard bytes[start + 7] == UInt8(ascii: "-"),
            separator | 0x20 == UInt8(ascii: "t") || separator == UInt8(ascii: " "),
            bytes[start + 13] == UInt8(ascii: ":"), bytes[start + 16] == UInt8(ascii: ":")
        else { return nil }
        let year = century * 100 + yearInCentury
        // Second 60 is a leap second; it becomes the next minute's first.
        guard 1678...2261 ~= year, 1...12 ~= month, 1...31 ~= day, hour < 24, minute < 60, second <= 60 else {
            return nil
        }
        var index = start + 19
        var fraction: Int64 = 0
        if index < bytes.endIndex, bytes[index] == UInt8(ascii: ".") || bytes[index] == UInt8(ascii: ",") {
            guard let parsed = Self.fraction(bytes, from: index + 1) else { return nil }
            (fraction, index) = parsed
        }
        guard let offset = Self.offset(bytes, from: index) else { return nil }
        let days = CivilDate(year: year, month: month, day: day).daysSince1970
        self.init(
            seconds: days * 86_400 + hour * 3_600 + minute * 60 + second - offset, nanoseconds: fraction)
    }

    /// Nanoseconds, and where the digits end. Digits beyond the ninth are dropped.
    @inline(__always)
    private static func fraction<Bytes: RandomAccessCollection>(
        _ bytes: Bytes, from start: Int
    ) -> (nanoseconds: Int64, end: Int)? where Bytes.Element == UInt8, Bytes.Index == Int {
        var index = start
        var value: Int64 = 0
        var unit: Int64 = 100_000_000
        while index < bytes.endIndex, let digit = digit(bytes[index]) {
            value += digit * unit
            unit /= 10
            index += 1
        }
        return index > start ? (value, index) : nil
    }

    /// Seconds east of UTC: `Z`, `+02:00`, `+0200`, `-05`, or nothing at all.
    @inline(__always)
    private static func offset<Bytes: RandomAccessCollection>(_ bytes: Bytes, from start: Int) -> Int64?
    where Bytes.Element == UInt8, Bytes.Index == Int {
        let count = bytes.endIndex - start
        if count == 0 { return 0 }
        let sign = bytes[start]
        if sign | 0x20 == UInt8(ascii: "z") { return count == 1 ? 0 : nil }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), count == 3 || count == 5 || count == 6,
            let hours = pair(bytes, start + 1), hours < 24
        else { return nil }
        if count == 6, bytes[start + 3] != UInt8(ascii: ":") { return nil }
        guard let minutes = count == 3 ? 0 : pair(bytes, start + count - 2), minutes < 60 else { return nil }
        let seconds = hours * 3_600 + minutes * 60
        return sign == UInt8(ascii: "-") ? -seconds : seconds
    }

    @inline(__always)
    private static func pair<Bytes: RandomAccessCollection>(_ bytes: Bytes, _ index: Int) -> Int64?
    where Bytes.Element == UInt8, Bytes.Index == Int {
        guard let tens = digit(bytes[index]), let ones = digit(bytes[index + 1]) else { return nil }
        return tens * 10 + ones
    }

    @inline(__always)
    private static func digit(_ byte: UInt8) -> Int64? {
        let digit = byte &- UInt8(ascii: "0")
        return digit < 10 ? Int64(digit) : nil
    }
}

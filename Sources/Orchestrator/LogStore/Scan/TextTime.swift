/// A time as lines of text begin with it: `2026-11-23 21:05:32.123 UTC`, `2026/11/23 21:05:32`, `23 Nov 2026 21:05:32`,
/// and the like; or only `21:05:32`.
struct TextTime {
    /// UTC where no zone is given; nil when there is no date.
    let time: LogTime?
    /// Behind it and its zone.
    let end: Int

    /// nil when no time stands at `start`.
    init?(_ bytes: LineBytes, at start: Int) {
        var index = start
        var days: Int64?
        if let date = Self.date(bytes, at: start) {
            index = date.end
            switch bytes[index] {
            case UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " "), UInt8(ascii: ":"): index += 1
            default: return nil
            }
            days = date.days
        }
        guard let hour = bytes.number(at: index, digits: 2), bytes[index + 2] == UInt8(ascii: ":"),
            let minute = bytes.number(at: index + 3, digits: 2), bytes[index + 5] == UInt8(ascii: ":"),
            let second = bytes.number(at: index + 6, digits: 2), hour < 24, minute < 60, second <= 60
        else { return nil }
        let fraction = Self.fraction(bytes, at: index + 8)
        let zone = Self.zone(bytes, at: fraction.end)
        // What goes on with a letter or a digit was something else.
        guard !bytes.isWord(zone.end) else { return nil }
        end = zone.end
        time = days.map { days in
            let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - zone.offset
            return LogTime(seconds: seconds, nanoseconds: fraction.nanoseconds)
        }
    }

    /// Days since 1970, of a date that begins with its year or its day.
    private static func date(_ bytes: LineBytes, at start: Int) -> (days: Int64, end: Int)? {
        let year: Int64?
        let month: Int64?
        let day: Int64?
        let isYearFirst = bytes.number(at: start, digits: 4) != nil
        let separator = bytes[start + (isYearFirst ? 4 : 2)]
        let second = bytes[start + (isYearFirst ? 7 : 6)]
        if isYearFirst {
            year = bytes.number(at: start, digits: 4)
            month = bytes.number(at: start + 5, digits: 2)
            day = bytes.number(at: start + 8, digits: 2)
            guard separator == UInt8(ascii: "-") || separator == UInt8(ascii: "/") || separator == UInt8(ascii: ".")
            else { return nil }
        } else {
            day = bytes.number(at: start, digits: 2)
            month = Self.month(bytes, at: start + 3)
            year = bytes.number(at: start + 7, digits: 4)
            guard separator == UInt8(ascii: " ") || separator == UInt8(ascii: "-") || separator == UInt8(ascii: "/")
            else { return nil }
        }
        guard second == separator, let year, let month, let day, 1678...2261 ~= year, 1...12 ~= month, 1...31 ~= day
        else { return nil }
        return (CivilDate(year: year, month: month, day: day).daysSince1970, start + (isYearFirst ? 10 : 11))
    }

    private static func month(_ bytes: LineBytes, at index: Int) -> Int64? {
        switch (bytes[index] | 0x20, bytes[index + 1] | 0x20, bytes[index + 2] | 0x20) {
        case (0x6A, 0x61, 0x6E): 1  // jan
        case (0x66, 0x65, 0x62): 2  // feb
        case (0x6D, 0x61, 0x72): 3  // mar
        case (0x61, 0x70, 0x72): 4  // apr
        case (0x6D, 0x61, 0x79): 5  // may
        case (0x6A, 0x75, 0x6E): 6  // jun
        case (0x6A, 0x75, 0x6C): 7  // jul
        case (0x61, 0x75, 0x67): 8  // aug
        case (0x73, 0x65, 0x70): 9  // sep
        case (0x6F, 0x63, 0x74): 10  // oct
        case (0x6E, 0x6F, 0x76): 11  // nov
        case (0x64, 0x65, 0x63): 12  // dec
        default: nil
        }
    }

    /// Behind a `.` or a `,`; digits beyond the ninth are dropped.
    private static func fraction(_ bytes: LineBytes, at start: Int) -> (nanoseconds: Int64, end: Int) {
        guard bytes[start] == UInt8(ascii: ".") || bytes[start] == UInt8(ascii: ",") else { return (0, start) }
        var index = start + 1
        var value: Int64 = 0
        var unit: Int64 = 100_000_000
        while let digit = bytes.number(at: index, digits: 1) {
            value += digit * unit
            unit /= 10
            index += 1
        }
        return index > start + 1 ? (value, index) : (0, start)
    }

    /// Seconds east of UTC: `Z`, `+02:00`, `+0200`, `-05`, the last two also behind a blank, or a zone's name.
    private static func zone(_ bytes: LineBytes, at start: Int) -> (offset: Int64, end: Int) {
        if bytes[start] | 0x20 == UInt8(ascii: "z") { return (0, start + 1) }
        let isApart = bytes[start] == UInt8(ascii: " ")
        let index = isApart ? start + 1 : start
        if isApart, let offset = ZoneName.offset(bytes, at: index) { return offset }
        let sign = bytes[index]
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            let hours = bytes.number(at: index + 1, digits: 2), hours < 24
        else { return (0, start) }
        let minutesAt = bytes[index + 3] == UInt8(ascii: ":") ? index + 4 : index + 3
        let minutes = bytes.number(at: minutesAt, digits: 2)
        let end = minutes == nil ? index + 3 : minutesAt + 2
        // A number that stands apart is no zone.
        if isApart, bytes.isWord(end) { return (0, start) }
        let offset = hours * 3_600 + (minutes ?? 0) * 60
        return (sign == UInt8(ascii: "-") ? -offset : offset, end)
    }
}

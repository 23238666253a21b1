import Glibc

/// A point in time as lines carry it: nanoseconds since 1970, UTC, no leap seconds. Good until the year 2262.
package struct LogTime: Sendable, Hashable, Comparable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
    package init(seconds: Int64, nanoseconds: Int64 = 0) {
        self.init(nanoseconds: seconds * 1_000_000_000 + nanoseconds)
    }
    package init(milliseconds: Int64) { self.init(nanoseconds: milliseconds * 1_000_000) }

    /// The wall clock.
    package static func now() -> LogTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return LogTime(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }

    package static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }

    /// Stops at the ends of what can be said: a line may carry any time at all.
    package func advanced(by duration: Duration) -> LogTime {
        let (seconds, attoseconds) = duration.components
        let limit: Int64 = duration < .zero ? .min : .max
        let (whole, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (step, isLonger) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        let (sum, isBeyond) = nanoseconds.addingReportingOverflow(step)
        return LogTime(nanoseconds: isTooLong || isLonger || isBeyond ? limit : sum)
    }

    /// RFC 3339 in UTC, with milliseconds, or with as many digits as it takes to lose nothing.
    package var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Writes ``text``.
    func append(to bytes: inout [UInt8]) {
        let (day, inDay) = Self.divide(nanoseconds, by: 86_400_000_000_000)
        let date = CivilDate(day: day)
        bytes.append(decimal: date.year, digits: 4)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(decimal: date.month, digits: 2)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(decimal: date.day, digits: 2)
        bytes.append(UInt8(ascii: "T"))
        let (second, fraction) = Self.divide(inDay, by: 1_000_000_000)
        bytes.append(decimal: second / 3_600, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(decimal: second / 60 % 60, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(decimal: second % 60, digits: 2)
        bytes.append(UInt8(ascii: "."))
        if fraction % 1_000_000 == 0 {
            bytes.append(decimal: fraction / 1_000_000, digits: 3)
        } else if fraction % 1_000 == 0 {
            bytes.append(decimal: fraction / 1_000, digits: 6)
        } else {
            bytes.append(decimal: fraction, digits: 9)
        }
        bytes.append(UInt8(ascii: "Z"))
    }

    /// Rounds towards the past, so times before 1970 come out right.
    static func divide(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension [UInt8] {
    /// A number that is not negative, with leading zeros.
    mutating func append(decimal value: Int64, digits: Int) {
        var divisor: Int64 = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
    }
}

import Glibc

/// The date and the time of day where the reader sits. Offsets from UTC change on quarter hours only, so the C library is
/// asked once for each.
struct LocalClock {
    private var quarter = Int64.min
    private var offset: Int64 = 0

    /// Days since 1970.
    mutating func day(of time: LogTime) -> Int64 { LogTime.divide(local(time).second, by: 86_400).quotient }

    /// `HH:MM:SS.mmm`
    mutating func append(_ time: LogTime, to bytes: inout [UInt8]) {
        let (second, fraction) = local(time)
        let inDay = LogTime.divide(second, by: 86_400).remainder
        bytes.append(decimal: inDay / 3_600, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(decimal: inDay / 60 % 60, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(decimal: inDay % 60, digits: 2)
        bytes.append(UInt8(ascii: "."))
        bytes.append(decimal: fraction / 1_000_000, digits: 3)
    }

    /// `2026-01-31`
    func append(day: Int64, to bytes: inout [UInt8]) {
        let date = CivilDate(day: day)
        bytes.append(decimal: date.year, digits: 4)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(decimal: date.month, digits: 2)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(decimal: date.day, digits: 2)
    }

    /// Seconds since 1970 as the clock on the wall shows them, and nanoseconds.
    private mutating func local(_ time: LogTime) -> (second: Int64, fraction: Int64) {
        let (second, fraction) = LogTime.divide(time.nanoseconds, by: 1_000_000_000)
        let current = LogTime.divide(second, by: 900).quotient
        if current != quarter {
            quarter = current
            var seconds = time_t(second)
            var local = tm()
            localtime_r(&seconds, &local)
            offset = Int64(local.tm_gmtoff)
        }
        return (second + offset, fraction)
    }
}

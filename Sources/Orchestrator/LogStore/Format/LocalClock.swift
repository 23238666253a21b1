import Glibc

/// The time of day where the reader sits. Offsets from UTC change on quarter hours only, so the C library is asked once
/// for each.
struct LocalClock {
    private var quarter = Int64.min
    private var offset: Int64 = 0

    /// `HH:MM:SS.mmm`
    mutating func append(_ time: LogTime, to bytes: inout [UInt8]) {
        let (second, fraction) = LogTime.divide(time.nanoseconds, by: 1_000_000_000)
        let current = LogTime.divide(second, by: 900).quotient
        if current != quarter {
            quarter = current
            var seconds = time_t(second)
            var local = tm()
            localtime_r(&seconds, &local)
            offset = Int64(local.tm_gmtoff)
        }
        let inDay = LogTime.divide(second + offset, by: 86_400).remainder
        bytes.append(decimal: inDay / 3_600, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(decimal: inDay / 60 % 60, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(decimal: inDay % 60, digits: 2)
        bytes.append(UInt8(ascii: "."))
        bytes.append(decimal: fraction / 1_000_000, digits: 3)
    }
}

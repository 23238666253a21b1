import Glibc

extension LogTime {
    /// A time as somebody types it: what ``init(_:)`` reads, but without a zone by the clock on the reader's own wall, which is
    /// the one that pretty lines show. Seconds, or the time of day, may be left out.
    package init?(typed text: String) {
        let whole =
            switch text.utf8.count {
            case 10: text + "T00:00:00"
            case 16: text + ":00"
            default: text
            }
        // A second zone makes it none; so does any behind a number.
        guard let onTheWall = LogTime(whole + "Z") else {
            self.init(text)
            return
        }
        let (second, fraction) = Self.divide(onTheWall.nanoseconds, by: 1_000_000_000)
        var (seconds, wall) = (time_t(second), tm())
        gmtime_r(&seconds, &wall)
        wall.tm_isdst = -1
        self.init(seconds: Int64(mktime(&wall)), nanoseconds: fraction)
    }
}

import FoundationEssentials

/// Times and durations as people and programs read them.
enum TimeText {
    /// RFC 3339 in UTC, to the millisecond.
    static func rfc3339(milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// The beginning of a minute since 1970, as RFC 3339 in UTC: `2026-11-23T22:34:00Z`.
    static func rfc3339(minute: Int64) -> String {
        Date(timeIntervalSince1970: Double(minute) * 60).formatted(Date.ISO8601FormatStyle())
    }

    static var nowMilliseconds: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    /// How long something took: `84 ms`, `2.31 s`, `3m 12s`.
    static func elapsed(_ duration: Duration) -> String {
        let milliseconds = duration / .milliseconds(1)
        if milliseconds < 9.95 { return "\(decimal(milliseconds, places: 1)) ms" }
        if milliseconds < 999.5 { return "\(Int(milliseconds.rounded())) ms" }
        if milliseconds < 59_995 { return "\(decimal(milliseconds / 1000, places: 2)) s" }
        return coarse(duration)
    }

    /// How long ago something was, in its two largest units at most: `12s`, `3m 12s`, `5h 2m`, `4d 3h`.
    static func coarse(_ duration: Duration) -> String {
        let seconds = max(0, Int(duration / .seconds(1)))
        if seconds < 60 { return "\(seconds)s" }
        if seconds < 3600 { return "\(seconds / 60)m \(seconds % 60)s" }
        if seconds < 86_400 { return "\(seconds / 3600)h \(seconds / 60 % 60)m" }
        return "\(seconds / 86_400)d \(seconds / 3600 % 24)h"
    }

    static func decimal(_ value: Double, places: Int) -> String {
        let scale = places == 1 ? 10 : 100
        let scaled = Int((value * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        return "\(scaled / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
    }
}

import Glibc

/// Times of day where the reader sits.
enum LocalTime {
    /// `2025-06-01 14:30:05.123`
    static func dateAndTime(milliseconds: Int64) -> String {
        let fraction = String(milliseconds % 1000)
        return text(milliseconds, "%F %T") + "." + String(repeating: "0", count: max(0, 3 - fraction.count)) + fraction
    }

    /// `14:30:05`
    static func time(milliseconds: Int64) -> String { text(milliseconds, "%T") }

    private static func text(_ milliseconds: Int64, _ format: String) -> String {
        var seconds = time_t(milliseconds / 1000)
        var local = tm()
        localtime_r(&seconds, &local)
        var bytes = [CChar](repeating: 0, count: 64)
        let count = strftime(&bytes, bytes.count, format, &local)
        return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

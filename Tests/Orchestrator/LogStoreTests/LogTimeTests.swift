import Foundation
import LogStore
import Testing

@Suite struct LogTimeTests {
    @Test(arguments: [
        ("2025-06-01T12:34:56Z", 1_748_781_296_000_000_000), ("2025-06-01T12:34:56.789Z", 1_748_781_296_789_000_000),
        ("2025-06-01t12:34:56.789z", 1_748_781_296_789_000_000), ("2025-06-01 12:34:56", 1_748_781_296_000_000_000),
        ("2025-06-01T12:34:56,5Z", 1_748_781_296_500_000_000),
        ("2025-06-01T14:34:56.123456789+02:00", 1_748_781_296_123_456_789),
        ("2025-06-01T12:34:56.1234567891Z", 1_748_781_296_123_456_789),
        ("2025-06-01T07:04:56-0530", 1_748_781_296_000_000_000), ("2025-06-01T14:34:56+02", 1_748_781_296_000_000_000),
        ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.5Z", -500_000_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000), ("2000-02-29T00:00:00Z", 951_782_400_000_000_000),
        ("1748781296", 1_748_781_296_000_000_000), ("1748781296.25", 1_748_781_296_250_000_000),
        ("1748781296789", 1_748_781_296_789_000_000), ("1748781296789.5", 1_748_781_296_789_500_000),
        ("1748781296789123", 1_748_781_296_789_123_000), ("1748781296789123456", 1_748_781_296_789_123_456),
    ])
    func `a time is read from RFC 3339 or a number since 1970`(_ text: String, _ nanoseconds: Int64) {
        #expect(LogTime(text)?.nanoseconds == nanoseconds)
    }

    @Test(arguments: [
        "", "12", "0.35", "now", "2025-06-01", "2025-13-01T00:00:00Z", "2025-06-01T24:00:00Z", "2025-06-01T12:34:56.Z",
        "2025-06-01T12:34:56+2:00", "2025-06-01T12:34:56Zulu", "2025-06-01T12:34:5xZ", "9999-12-31T23:59:59Z",
        "99999999999999999999", "1748781296.", "17487812e2", "-1748781296",
    ])
    func `anything else is no time`(_ text: String) {
        #expect(LogTime(text) == nil)
    }

    @Test func `a time is written in UTC with no more digits than it has`() {
        #expect(LogTime(seconds: 1_748_781_296).text == "2025-06-01T12:34:56.000Z")
        #expect(LogTime(nanoseconds: 1_748_781_296_789_123_000).text == "2025-06-01T12:34:56.789123Z")
        #expect(LogTime(nanoseconds: 1_748_781_296_789_123_456).text == "2025-06-01T12:34:56.789123456Z")
        #expect(LogTime(nanoseconds: -500_000_000).text == "1969-12-31T23:59:59.500Z")
    }

    @Test func `a time moves no further than times go`() {
        let latest = LogTime(nanoseconds: .max)
        #expect(latest.advanced(by: .seconds(10)) == latest)
        #expect(LogTime(seconds: 5).advanced(by: .seconds(Int64.min)) == LogTime(nanoseconds: .min))
        #expect(LogTime(seconds: 5).advanced(by: .milliseconds(-500)) == LogTime(milliseconds: 4_500))
    }

    @Test func `every day from 1900 to 2200 is written and read back`() {
        for day in stride(from: -25_567, to: 84_006, by: 1) {
            let time = LogTime(seconds: Int64(day) * 86_400 + 3_661)
            #expect(LogTime(time.text) == time)
        }
    }
}

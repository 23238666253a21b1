import Foundation
import LogStore
import Testing

@Suite struct FormatTests {
    private func printed(
        _ format: LogFormat, isColoured: Bool = false, out: String, instance: String = "user-service.1"
    ) throws -> String {
        let state = try ScratchState()
        try state.run(3, of: instance, out: out)
        var bytes: [UInt8] = []
        var printer = LogPrinter(format, isColoured: isColoured, columns: 14, now: LogTime(seconds: 1_750_000_000))
        for line in try state.lines() { printer.append(line, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `json has the documented shape, the record's own bytes in it`() throws {
        let text = try printed(
            .json,
            out: record(0, "warn", "slow", #","traceId":"t1","requestId":7, "n" : 1.50"#) + "{\"level\":\"err\",\n")
        let lines = text.split(separator: "\n")
        #expect(
            lines[0]
                == #"{"schema":"msctl.log/1","time":"2025-06-15T15:06:40.000Z","service":"user-service","instance":"user-service.1","run":3,"stream":"stdout","offset":0,"level":"warning","message":"slow","traceId":"t1","requestId":"7","fields":{"timestamp":"2025-06-15T15:06:40.000Z","level":"warn","message":"slow","traceId":"t1","requestId":7, "n" : 1.50}}"#
        )
        #expect(
            lines[1]
                == #"{"schema":"msctl.log/1","time":"2025-06-15T15:06:40.000Z","service":"user-service","instance":"user-service.1","run":3,"stream":"stdout","offset":114,"level":"error","message":"{\"level\":\"err\",","raw":"{\"level\":\"err\","}"#
        )
    }

    @Test func `a line cut short is marked as partial`() throws {
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(printed(.json, out: "half").utf8)) as? [String: Any])
        #expect(object["partial"] as? Bool == true)
        #expect(object["raw"] as? String == "half")
        #expect(object["level"] is NSNull)
    }

    @Test func `pretty is one aligned line in local time, other fields behind the message`() throws {
        let text = try printed(
            .pretty,
            out: record(
                0, "warn", "slow query",
                #","service":"user-service","ms":12,"sql":"select 1","o":{"a":[1]},"e":"","n":null"#)
                + "plain\n")
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines[0].dropFirst(13) == #"user-service.1 WARN   slow query ms=12 sql="select 1" o={"a":[1]} e="""#)
        #expect(lines[1].dropFirst(13) == "user-service.1 -      plain")
        let formatter = DateFormatter()
        formatter.dateFormat = "HH:mm:ss.SSS"
        formatter.locale = Locale(identifier: "en_US_POSIX")
        #expect(lines[0].prefix(12) == formatter.string(from: Date(timeIntervalSince1970: 1_750_000_000)))
    }

    @Test func `a day is named before its first line, but today's only behind others`() throws {
        let out = [0, 1, 86_400, 86_401, 3 * 86_400, 0].map { record($0, "info", "m") }.joined()
        let lines = try printed(.pretty, out: out).split(separator: "\n")
        let formatter = DateFormatter()
        formatter.dateFormat = "'-- 'yyyy-MM-dd' --'"
        formatter.locale = Locale(identifier: "en_US_POSIX")
        let days = [86_400, 3 * 86_400, 0].map {
            formatter.string(from: Date(timeIntervalSince1970: 1_750_000_000 + $0))
        }
        #expect(lines.map { $0.hasPrefix("--") } == [false, false, true, false, false, true, false, true, false])
        #expect(lines.filter { $0.hasPrefix("--") }.map(String.init) == days)
        #expect(try !printed(.raw, out: out).contains("-- "))
        #expect(try printed(.pretty, isColoured: true, out: out).contains("\u{1B}[2m\(days[0])\u{1B}[0m\n"))
    }

    @Test func `colours come only when asked, and take no width`() throws {
        let out = record(0, "error", "boom", #","k":"v""#)
        let plain = try printed(.pretty, out: out)
        let coloured = try printed(.pretty, isColoured: true, out: out)
        #expect(!plain.contains("\u{1B}"))
        #expect(coloured.contains("\u{1B}[31mERROR\u{1B}[0m"))
        #expect(coloured.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") == plain)
    }
}

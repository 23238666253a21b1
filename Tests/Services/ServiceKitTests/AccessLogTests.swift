import Foundation
import HTTPTypes
import Logging
import ServiceTestSupport
import Testing

@testable import ServiceKit

@Suite struct AccessLogTests {
    private static let identity = RequestIdentity.of(
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", requestID: "mine")

    private static func entry(_ change: (inout AccessEntry) -> Void = { _ in }) -> AccessEntry {
        var entry = AccessEntry(
            method: .get, path: "/things/1", isQuiet: false, route: "/things/{id}", status: 200,
            duration: .microseconds(1_500), failure: nil, identity: identity)
        change(&entry)
        return entry
    }

    private static let entries = [
        entry(), entry { $0.identity = .fresh() }, entry { $0.isQuiet = true }, entry { $0.route = nil },
        entry { $0.failure = "client-gone" }, entry { $0.status = 503 },
        entry { $0.method = HTTPRequest.Method("HUNTER2") ?? .trace },
        entry { $0.path = "/things/\"\\\u{1B}\u{E9}\u{2028}" },
        entry {
            $0.upstream = "user-service.1"
            $0.upstreamTime = .nanoseconds(999_499)
            $0.upstreamTries = 2
            $0.failure = "broken"
        },
    ]

    /// A logger whose own field is not written, but keeps it from the short way.
    private func general(_ logger: Logger) -> Logger {
        var logger = logger
        logger[metadataKey: "undeclared"] = "x"
        return logger
    }

    /// Without the timestamp, which is the first member.
    private func line(_ logs: LogCapture) throws -> String {
        let line = try #require(logs.lines.first)
        #expect(logs.lines.count == 1 && line.hasPrefix("{\"timestamp\":\"20"))
        logs.clear()
        return String(line.drop { $0 != "," })
    }

    @Test func `a line is the same byte by byte whichever way it is written`() throws {
        let logs = LogCapture()
        let direct = AccessLog(logger: logs.logger(), metrics: MetricsRegistry())
        let general = AccessLog(logger: general(logs.logger()), metrics: MetricsRegistry())
        #expect(direct.direct != nil && general.direct == nil)
        func expectTheSame(_ entry: AccessEntry) throws {
            direct.write(entry)
            let one = try line(logs)
            general.write(entry)
            #expect(try Array(one.utf8) == Array(line(logs).utf8))
        }
        for entry in Self.entries { try expectTheSame(entry) }
        let escapes = String(repeating: "\u{1B}", count: 2_000)
        try expectTheSame(
            Self.entry {
                $0.path = escapes
                $0.route = escapes
                $0.failure = escapes
                $0.upstream = escapes
                $0.upstreamTime = .milliseconds(Int64.max / 1_000_000)
                $0.upstreamTries = .min
                $0.status = .min
                $0.method = .connect
                $0.identity = RequestIdentity(trace: Self.identity.trace, requestID: escapes)
            })
        for time in [-1, -999, -1000, -1500, 0, 999, 1000, 1010] {
            try expectTheSame(Self.entry { $0.duration = .microseconds(time) })
        }
        for _ in 0..<300 {
            let time = Duration.nanoseconds(Int64.random(in: 0...1 << Int64.random(in: 0...50)))
            try expectTheSame(Self.entry { $0.duration = time })
        }
    }

    @Test func `lines that are written together are the same`() throws {
        let logs = LogCapture()
        let log = AccessLog(logger: logs.logger(), metrics: MetricsRegistry())
        let batch = try #require(log.batch())
        for entry in Self.entries {
            log.write(entry)
            let alone = try line(logs)
            log.write(entry, into: batch)
            batch.flush()
            #expect(try line(logs) == alone)
        }
    }

    @Test func `a line says what was asked and what came of it`() throws {
        let logs = LogCapture()
        let log = AccessLog(logger: logs.logger(), metrics: MetricsRegistry())
        log.write(Self.entries[8])
        let ids = try #require(Self.identity.trace.parentID)
        #expect(
            try line(logs)
                == #","level":"info","service":"test-service","instance":"test-service.1","message":"request","#
                + #""traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"\#(Self.identity.trace.spanID)","#
                + #""parentSpanId":"\#(ids)","requestId":"mine","durationMs":1.5,"failure":"broken","method":"GET","#
                + #""path":"/things/1","route":"/things/{id}","status":200,"upstream":"user-service.1","#
                + #""upstreamMs":0.999,"upstreamTries":2}"# + "\n")
    }

    @Test func `only what the level lets through is written, and everything is counted`() {
        let logs = LogCapture()
        let metrics = MetricsRegistry()
        for logger in [logs.logger(level: .info), general(logs.logger(level: .info))] {
            let log = AccessLog(logger: logger, metrics: metrics)
            log.write(Self.entry { $0.isQuiet = true })
            #expect(logs.lines.isEmpty)
        }
        let quiet = AccessLog(logger: logs.logger(level: .warning), metrics: metrics)
        quiet.write(Self.entry())
        #expect(logs.lines.isEmpty)
        #expect(metrics.text().split(separator: "\n").count { $0.contains("_count{") && $0.hasSuffix(" 1") } == 3)
    }

    @Test func `fields of the logger's own are written`() throws {
        let logs = LogCapture()
        var logger = logs.logger()
        logger[metadataKey: "port"] = "80"
        AccessLog(logger: logger, metrics: MetricsRegistry()).write(Self.entry())
        #expect(try line(logs).contains(#""port":"80""#))
        let fields = LogFields(["path"])
        AccessLog(logger: logs.logger(fields: fields), metrics: MetricsRegistry()).write(Self.entry())
        #expect(try line(logs).hasSuffix(#""requestId":"mine","path":"/things/1"}"# + "\n"))
        AccessLog(logger: Logger(label: "none") { _ in SwiftLogNoOpLogHandler() }, metrics: MetricsRegistry())
            .write(Self.entry())
        #expect(logs.lines.isEmpty)
    }

    @Test func `requests are counted by method, route, status and what went wrong`() {
        let metrics = MetricsRegistry()
        let log = AccessLog(logger: LogCapture().logger(), metrics: metrics)
        for entry in Self.entries + Self.entries { log.write(entry) }
        let counts = metrics.text().split(separator: "\n").filter { $0.contains("_count{") }
        func labels(_ method: String, _ route: String, _ status: Int, _ error: String, _ count: Int) -> String {
            #"http_server_request_duration_seconds_count{http_request_method="\#(method)",url_scheme="http","#
                + #"http_route="\#(route)",http_response_status_code="\#(status)"\#(error)} \#(count)"#
        }
        #expect(
            Set(counts.map(String.init)) == [
                labels("GET", "/things/{id}", 200, "", 8), labels("GET", "unmatched", 200, "", 2),
                labels("GET", "/things/{id}", 200, #",error_type="client-gone""#, 2),
                labels("GET", "/things/{id}", 200, #",error_type="broken""#, 2),
                labels("GET", "/things/{id}", 503, #",error_type="503""#, 2),
                labels("_OTHER", "/things/{id}", 200, "", 2),
            ])
        #expect(Exposition(metrics.text()).violations == [])
    }
}

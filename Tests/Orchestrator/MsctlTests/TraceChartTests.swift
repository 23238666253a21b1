import Foundation
import LogStore
import StateDirectory
import TestSupport
import Testing

@testable import msctl

@Suite struct TraceChartTests {
    private let directory = TemporaryDirectory()

    /// gateway 0–100 ms, in it orders 20–80, which failed.
    private func search(_ message: String = "order placed") throws -> TraceSearch {
        func line(_ at: Int, _ message: String, _ level: String, _ span: String, _ more: String) -> String {
            let time = LogTime(milliseconds: 1_750_000_000_000 + Int64(at)).text
            return
                #"{"time":"\#(time)","level":"\#(level)","msg":"\#(message)","traceId":"t","spanId":"\#(span)"\#(more)}"#
                + "\n"
        }
        _ = try directory.file(
            ".msctl/runs/gateway.1/1/out.log",
            line(0, "asked", "info", "g", "")
                + line(100, "answered", "info", "g", #","method":"POST","path":"/api/orders","status":201"#))
        _ = try directory.file(
            ".msctl/runs/orders.1/1/out.log",
            line(20, message, "info", "o", #","parentSpanId":"g""#) + line(80, "no stock", "error", "o", ""))
        return try TraceSearch.find("t", in: LogReader(layout: StateLayout(projectDirectory: directory.path)))
    }

    private func chart(_ search: TraceSearch, width: Int = 100, style: Style = .plain) throws -> String {
        let timeline = try #require(TraceTimeline(search.lines))
        return TraceChart(search: search, timeline: timeline, width: width, style: style).text
    }

    @Test func `spans are bars on one axis, then come the lines with the gaps between them`() throws {
        #expect(
            try chart(search(), width: 70) == """
                t  2 spans in 2 services, 4 lines, 100 ms

                                            0             100 ms
                gateway.1 POST /api/orders  ━━━━━━━━━━━━━━━━━━━   100 ms  201  *40 ms
                  orders.1 order placed         ━━━━━━━━━━━━      60 ms  *60 ms
                * the critical path: what of the whole time passed there and nowhere below

                    +0.0 ms  gateway.1  INFO      asked
                             20 ms without a line, behind gateway.1
                     +20 ms  orders.1   INFO      order placed
                             60 ms without a line, behind orders.1
                     +80 ms  orders.1   ERROR     no stock
                             20 ms without a line, behind orders.1
                    +100 ms  gateway.1  INFO      answered
                """)
    }

    @Test func `a failed span is red, and nothing that a service says is obeyed`() throws {
        let text = try chart(search(#"a\u001b[2J\u009b\u061c\u202eb\nc"#), style: Style(isEnabled: true))
        #expect(text.contains("\u{1B}[31m━"))
        #expect(text.contains(#"a\u{1b}[2J\u{9b}\u{61c}\u{202e}b c"#))
        let plain = text.replacing(#/\u{1B}\[\d+m/#, with: "").unicodeScalars
        #expect(!plain.contains { ($0.value < 0x20 && $0 != "\n") || 0x7F..<0xA0 ~= $0.value || $0.value == 0x202E })
    }

    @Test func `a long name and a long message are cut`() throws {
        let text = try chart(search(String(repeating: "x", count: 5_000)), width: 60)
        #expect(text.split(separator: "\n").allSatisfy { $0.count < 460 })
        #expect(text.contains("xxx…"))
    }

    @Test func `as JSON it has callers by place, times from its beginning, and each line's address`() throws {
        let search = try search()
        let timeline = try #require(TraceTimeline(search.lines))
        let text = JSONOutput.line(TraceDocument("t", search, timeline))
        let span =
            #"{"criticalMs":60,"durationMs":60,"failed":true,"instance":"orders.1","name":"order placed","parent":0,"#
            + #""parentSpanId":"g","service":"orders","spanId":"o","startMs":20}"#
        #expect(text.contains(span), "\(text)")
        let line =
            #"{"instance":"orders.1","level":"info","message":"order placed","offset":0,"run":1,"service":"orders","#
            + #""spanId":"o","stream":"stdout","timeMs":20}"#
        #expect(text.contains(line), "\(text)")
        #expect(text.contains(#""gaps":[{"durationMs":20,"instance":"gateway.1","startMs":0}"#), "\(text)")
        #expect(text.hasSuffix(#""start":"2025-06-15T15:06:40.000Z","traceIds":["t"]}"#), "\(text)")
    }
}

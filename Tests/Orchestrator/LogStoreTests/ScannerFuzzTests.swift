import LogStore
import Testing

/// Lines of every shape, cut, spliced and with bytes changed: whatever comes out lies within the line, and the same line
/// reads the same wherever it stands.
@Suite struct ScannerFuzzTests {
    private static let shapes: [[UInt8]] = [
        #"{"ts":"2026-11-23T21:05:32.123Z","level":"info","requestId":"7","msg":"a \"b\" \\","n":{"x":[1,{}]},"ok":true}"#,
        #"{"log":{"level":"warn"},"trace":{"id":"t"},"span":{"id":"s"},"http":{"request":{"id":"r"}},"message":"m"}"#,
        #"time=2026-11-23T21:05:32.123Z level=INFO msg="hello \"x\"" trace_id=abc span_id= requestId=7 ok=false"#,
        #"2026-11-23 21:05:32.123 CET [123] postgres@shop ERROR:  relation "orders" does not exist"#,
        "2026-11-23 21:05:32.123 UTC [123] STATEMENT:  SELECT 1", "1234:M 23 Nov 2026 21:05:32.123 * Ready to accept",
        "2026-11-23 21:05:32,123 - app.orders - WARNING - stock is low", "[2026-11-23T21:05:32,123][WARN ][o.e.Node] x",
        "\u{1B}[2m2026-11-23T21:05:32.123456Z\u{1B}[0m \u{1B}[33m WARN\u{1B}[0m \u{1B}[2mshop\u{1B}[0m: msg",
        "I, [2026-11-23T21:05:32.123000 #123]  INFO -- : x", "E1123 21:05:32.123456   12345 controller.go:114] x",
        "<3>2026-11-23 21:05:32 +0100 message", "[123] 2026/11/23 21:05:32.123000 [INF] x", "ERROR:root:msg",
        "2026.11.23 21:05:32.123 [ 1 ] {} <Information> (x) app.ERROR: y", "[error] x", "\tat c.x.Y(Y.java:1)",
    ].map { Array($0.utf8) }

    /// Bytes that mean something in one shape or another.
    private static let signs = Array("\"\\{}[]()<>=:,.-+|# \t\r0129ATZtz@*\u{1B}\u{0}é".utf8)

    private func changed(_ random: inout SplitMix) -> [UInt8] {
        var line = Self.shapes.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let at = Int.random(in: 0...line.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: line.removeSubrange(at...)
            case 1: line.removeSubrange(..<at)
            case 2: line.insert(contentsOf: Self.shapes.randomElement(using: &random) ?? [], at: at)
            case 3 where at < line.count: line[at] = .random(in: 0 ... .max, using: &random)
            case 4 where at < line.count: line.remove(at: at)
            default: line.insert(Self.signs.randomElement(using: &random) ?? 0, at: at)
            }
        }
        line.removeAll { $0 == 0x0A }
        return line
    }

    /// The line and its fields, or what is wrong with them.
    private func fault(_ line: [UInt8]) -> String? {
        let fields = LineScanner.fields(of: line[...])
        for field in [fields.trace, fields.span, fields.request, fields.message] {
            let range = field.range
            if range.upperBound > line.count { return "a field ends at \(range.upperBound)" }
            if field.kind == .missing, !range.isEmpty { return "a missing field has bytes" }
        }
        var fault: String?
        LineScanner.forEachField(of: line[...]) { key, value in
            if key.upperBound > line.count || value.range.upperBound > line.count {
                fault = "a visited field is outside"
            }
        }
        // Among other lines, where more bytes may be loaded than the line has.
        let among = Array("{\"a\n".utf8) + line + Array("\n\"}=ERROR: 2026-11-23 21:05:32".utf8)
        var found: LineFields?
        _ = LineScanner.forEachLine(in: among[...]) { range, fields in
            if range == 4..<(4 + line.count) { found = fields }
        }
        return found == fields ? fault : "it reads differently among other lines"
    }

    @Test func `no cut and no changed line leads out of its bytes`() {
        var random = SplitMix(state: 20_261_123)
        for shape in Self.shapes {
            for end in shape.indices {
                if let fault = fault(Array(shape[..<end])) { Issue.record("\(fault): \(shape[..<end])") }
            }
        }
        for _ in 0..<20_000 {
            let line = changed(&random)
            if let fault = fault(line) { Issue.record("\(fault): \(String(decoding: line, as: UTF8.self)), \(line)") }
        }
    }
}

import LogStore
import Testing

@Suite struct LogfmtTests {
    @Test func `slog's text handler is read`() {
        let line = ScannedLine(
            #"time=2026-01-01T00:00:00.000Z level=INFO msg="hello \"x\"" trace_id=abc spanId=0f requestId=7"#)
        #expect(line.time == "2026-01-01T00:00:00.000Z")
        #expect(line.level == .info)
        #expect(line.message == #"hello "x""#)
        #expect(line.fields.message.kind == .escaped)
        #expect(line.trace == "abc")
        #expect(line.fields.trace.kind == .plain)
        #expect(line.span == "0f")
        #expect(line.request == "7")
        #expect(!line.fields.isRecord)
    }

    @Test func `logrus' text formatter is read`() {
        let line = ScannedLine(#"time="2026-11-23T21:05:32+01:00" level=warning msg="The group's number\n" number=122"#)
        #expect(line.time == "2026-11-23T20:05:32.000Z")
        #expect(line.level == .warning)
        #expect(line.message == "The group's number\n")
    }

    @Test(arguments: [
        "ts=2026-11-23T21:05:32.123Z caller=main.go:181 level=info component=web msg=listening",
        #"logger=http.server t=2026-11-23T21:05:32.123Z level=info msg=listening address=[::]:3000 protocol=http"#,
        "@timestamp=2026-11-23T21:05:32.123Z log.level=info message=listening\r",
        "ts=1795467932.123  lvl=info  msg=listening  trace_id= ok=true",
    ])
    func `go-kit's, Grafana's and other lines are read`(_ text: String) {
        let line = ScannedLine(text)
        #expect(line.time == "2026-11-23T21:05:32.123Z")
        #expect(line.level == .info)
        #expect(line.message == "listening")
        #expect(line.trace == nil)
    }

    @Test(arguments: [
        "a=b is wrong", "a=b", "x=1 y=2 trace_id=abc", "a=b is wrong level=error", "a=b is wrong msg=x",
        "=x level=info", "level = info", " level=info msg=x", "\tlevel=info", "level:info", "the level=info",
        "\"level\"=info",
        "level=info,msg=x", "level=", "msg", "time=12 level=high", "größe=1 level=info", "x=\"1\"level=info",
        "SELECT a FROM b WHERE level='info'", "a+b=c level=info",
    ])
    func `text that holds a = is text`(_ line: String) {
        #expect(ScannedLine(line).fields == LineFields())
    }

    @Test(arguments: [
        "level=error msg=two words", #"level=error msg="x" path="/a"#, #"level=error msg="x"path=/a"#,
        "level=error ERROR",
        #"level=error msg="cut off"#,
    ])
    func `of a line that is not pairs throughout the whole is the message`(_ text: String) {
        let line = ScannedLine(text)
        #expect(line.level == .error)
        #expect(line.fields.message.kind == .missing)
    }

    @Test func `an empty message is one, an empty id is none`() {
        let line = ScannedLine(#"level=info msg= trace_id= span_id="" request_id=1"#)
        #expect(line.message?.isEmpty == true)
        #expect(line.trace == nil)
        #expect(line.span == nil)
        #expect(line.request == "1")
    }

    @Test func `every pair is visited in order`() {
        let line = ScannedLine(#"level=info status=503 path="/a b" quoted="\"" ok=true empty="#)
        var seen: [String] = []
        LineScanner.forEachField(of: line.bytes) { key, value in
            seen.append(String(decoding: line.bytes[key], as: UTF8.self) + "=" + (value.text(in: line.bytes) ?? ""))
        }
        #expect(seen == ["level=info", "status=503", "path=/a b", "quoted=\"", "ok=true", "empty="])
    }

    @Test func `text has no pairs to visit`() {
        LineScanner.forEachField(of: ScannedLine("status=503 is what we got").bytes) { _, _ in
            Issue.record("a pair was visited")
        }
    }
}

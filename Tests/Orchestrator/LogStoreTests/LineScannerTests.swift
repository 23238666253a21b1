import LogStore
import Testing

@Suite struct LineScannerTests {
    private func scan(_ line: String) -> (fields: LineFields, bytes: ArraySlice<UInt8>) {
        // Something before and after, so that an index that is off by the slice's start shows.
        let bytes = Array(("xx" + line + "\"yy").utf8)[2...].dropLast(3)
        return (LineScanner.fields(of: bytes), bytes)
    }

    @Test(arguments: [
        "level", "severity", "lvl", "levelname", "log.level", "loglevel", "log_level", "@l", "severityText",
        "severity_text", "SeverityText",
    ])
    func `a level is found under each of its names`(_ name: String) {
        #expect(scan(#"{"\#(name)":"warn"}"#).fields.level == .warning)
        #expect(scan(#"{"\#(name)":40}"#).fields.level == .warning)
    }

    @Test(arguments: ["", #"\""#, #"\\"#, #"\\\""#])
    func `a string ends at its quote, wherever it stands`(_ escaped: String) {
        for before in 0..<200 {
            let line =
                #"{"a":"\#(String(repeating: "x", count: before))\#(escaped)","b":{"c":"}"},"trace_id":"4bf9","msg":"m"}"#
            for behind in ["", "{", String(repeating: " ", count: 70)] {
                let (fields, bytes) = scan(line + behind)
                #expect(fields.trace.text(in: bytes) == "4bf9", "\(before)")
                #expect(fields.message.text(in: bytes) == "m", "\(before)")
                #expect(fields.isRecord == (behind != "{"), "\(before)")
            }
        }
    }

    @Test func `a long line of nested objects takes no longer than its bytes`() {
        let line = "{" + String(repeating: #""http":{"a":1},"#, count: 250_000) + #""level":"warn"}"#
        let begin = ContinuousClock.now
        #expect(scan(line).fields.level == .warning)
        #expect(ContinuousClock.now - begin < .seconds(5))
    }

    @Test(arguments: [
        "timestamp", "time", "ts", "@timestamp", "asctime", "datetime", "@t", "Timestamp", "timeUnixNano",
        "time_unix_nano", "eventTime", "t",
    ])
    func `a time is found under each of its names`(_ name: String) {
        #expect(scan(#"{"\#(name)":"2025-06-01T12:34:56Z"}"#).fields.time == LogTime(seconds: 1_748_781_296))
        #expect(scan(#"{"\#(name)" : 1748781296.5 }"#).fields.time == LogTime(milliseconds: 1_748_781_296_500))
    }

    @Test(arguments: ["traceId", "trace_id", "traceID", "trace.id", "TraceId", "@tr", "dd.trace_id"])
    func `a trace id is found under each of its names`(_ name: String) {
        let (fields, bytes) = scan(#"{"a":1,"\#(name)":"4bf9"}"#)
        #expect(fields.trace.text(in: bytes) == "4bf9")
    }

    @Test(arguments: ["spanId", "span_id", "span.id", "spanID", "SpanId", "@sp", "dd.span_id"])
    func `a span id is found under each of its names`(_ name: String) {
        let (fields, bytes) = scan(#"{"\#(name)":"00f0"}"#)
        #expect(fields.span.text(in: bytes) == "00f0")
    }

    @Test(arguments: [
        "requestId", "request_id", "req_id", "reqId", "requestID", "request-id", "http.request.id", "x-request-id",
        "correlationId", "correlation_id", "RequestId", "req.id",
    ])
    func `a request id is found under each of its names, number or string`(_ name: String) {
        let (fields, bytes) = scan(#"{"\#(name)":17}"#)
        #expect(fields.request.text(in: bytes) == "17")
    }

    @Test(arguments: ["message", "msg", "body", "Body", "@m"])
    func `a message is found under each of its names`(_ name: String) {
        let (fields, bytes) = scan(#"{"\#(name)":"hello"}"#)
        #expect(fields.message.text(in: bytes) == "hello")
    }

    @Test(arguments: [
        "levels", "leve", "Level", "tim", "timer", "timestamq", "@timestamq", "@timestanp", "requestIe", "request_ie",
        "msh",
        "messages", "severityTexu", "log.levem", "time_unix_nanos", "correlation_ie", "http.request.ids", "severitz",
        "tracetId", "", "l", "lvl ", "requestIdd", "@timestampp",
    ])
    func `a name that only looks like one is none`(_ name: String) {
        #expect(scan(#"{"\#(name)":"warn"}"#).fields == LineFields(isRecord: true))
    }

    @Test func `keys of nested objects and arrays are not ours`() {
        let line =
            #"{"error":{"level":"fatal","message":"}\"{","deep":[{"traceId":"no"}]},"#
            + #""tags":["level","error",{"msg":"no"}],"level":"debug","msg":"yes","z":{}}"#
        let (fields, bytes) = scan(line)
        #expect(fields.level == .debug)
        #expect(fields.message.text(in: bytes) == "yes")
        #expect(fields.trace.kind == .missing)
        #expect(fields.isRecord)
    }

    @Test(arguments: [
        (#"a \"quoted\" \\ word"#, #"a "quoted" \ word"#), (#"tab\tnew\nline\r\b\f\/"#, "tab\tnew\nline\r\u{8}\u{C}/"),
        (#"\u00e9\u20AC\ud83d\ude00"#, "é€😀"), (#"\ud83d alone \ude00"#, "\u{FFFD} alone \u{FFFD}"),
        (#"\uZZZZ"#, "\u{FFFD}ZZZZ"), (#"\q"#, "\u{FFFD}"), (#"\\"#, #"\"#), (#"ends in \\\""#, #"ends in \""#),
        (#"level\":\"error\",\""#, #"level":"error",""#),
    ])
    func `escapes in a value are seen and undone`(_ escaped: String, _ text: String) {
        let (fields, bytes) = scan(#"{"message":"\#(escaped)","level":"info"}"#)
        #expect(fields.message.text(in: bytes) == text)
        #expect(fields.level == .info)
    }

    @Test func `a long string with an escape here and there is read to its right end`() {
        let long = (0..<2_000).map { "part \($0) " + String(repeating: "x", count: $0 % 150) + #"\""# }.joined()
        let (fields, bytes) = scan(#"{"message":"\#(long)","level":"error"}"#)
        #expect(fields.level == .error)
        #expect(fields.message.range.count == long.utf8.count)
        #expect(bytes.count == long.utf8.count + 30)
    }

    @Test func `the first usable value of a field counts`() {
        #expect(scan(#"{"level":"weird","severity":"error","lvl":"info"}"#).fields.level == .error)
        #expect(scan(#"{"time":0.35,"ts":1748781296}"#).fields.time == LogTime(seconds: 1_748_781_296))
    }

    @Test(arguments: [
        ("", false), ("plain text", false), ("[1]", false), ("{}", true), (" { } ", true), ("{\"a\":1}\r", true),
        ("{", false),
        (#"{"a":1"#, false), (#"{"a":1}x"#, false), (#"{"a"}"#, false), (#"{"a":"b}"#, false), ("{a:1}", false),
        (#"{"a":1 "b":2}"#, false), ("}", false), (#"{"a":[}"#, false), (#"{"a":"\"}"#, false),
    ])
    func `a record is one whole object`(_ line: String, _ isRecord: Bool) {
        #expect(scan(line).fields.isRecord == isRecord)
    }

    @Test func `what stands before a line was cut off is found`() {
        let (fields, bytes) = scan(#"{"level":"critical","traceId":"ab","message":"out of mem"#)
        #expect(fields.level == .critical)
        #expect(fields.trace.text(in: bytes) == "ab")
        #expect(!fields.isRecord)
    }

    @Test func `no prefix and no changed byte of a record leads out of its bytes`() {
        let line = Array(
            record(1, "warn", #"a\\\"b"#, #","requestId":"r","spanId":"s","traceId":"t","x":{"y":[1,{}]}"#).utf8)
        for end in line.indices { _ = LineScanner.fields(of: line[..<end]) }
        for index in line.indices {
            for byte in [UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "{"), UInt8(ascii: "}"), 0, 0xFF] {
                var changed = line
                changed[index] = byte
                let fields = LineScanner.fields(of: changed[...])
                #expect(fields.message.range.upperBound <= line.count)
            }
        }
    }
}

extension LineFields {
    init(isRecord: Bool) {
        self.init()
        self.isRecord = isRecord
    }
}

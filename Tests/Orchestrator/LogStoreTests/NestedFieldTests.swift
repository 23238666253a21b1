import LogStore
import Testing

@Suite struct NestedFieldTests {
    @Test func `an ECS line may hold its fields in objects`() {
        let line = ScannedLine(
            #"{"@timestamp":"2026-11-23T21:05:32.123Z","log":{"logger":"app","level":"warn"},"message":"slow","#
                + #""trace":{"id":"4bf9"},"span":{"id":"00f0"},"http":{"request":{"method":"GET","id":"r-1"}}}"#)
        #expect(line.time == "2026-11-23T21:05:32.123Z")
        #expect(line.level == .warning)
        #expect(line.message == "slow")
        #expect(line.trace == "4bf9")
        #expect(line.span == "00f0")
        #expect(line.request == "r-1")
        #expect(line.fields.isRecord)
    }

    @Test func `pino-http's request and Datadog's ids are read`() {
        let pino = ScannedLine(#"{"level":30,"time":1795467932123,"req":{"id":7,"method":"GET"},"msg":"done"}"#)
        #expect(pino.request == "7")
        #expect(pino.message == "done")
        let datadog = ScannedLine(#"{"dd":{"env":"dev","trace_id":"123","span_id":"456"},"message":"paid"}"#)
        #expect(datadog.trace == "123")
        #expect(datadog.span == "456")
    }

    @Test func `blanks between the brackets change nothing`() {
        let line = ScannedLine(#" { "http" : { "request" : { "id" : "r" } } , "log" : { } , "trace" : { "id":"t"} } "#)
        #expect(line.request == "r")
        #expect(line.trace == "t")
        #expect(line.fields.isRecord)
    }

    @Test(arguments: [
        #"{"trace":"id"}"#, #"{"trace":["id","x"]}"#, #"{"log":{"level":{"level":"info"}}}"#,
        #"{"http":{"response":{"id":"x"}}}"#, #"{"request":{"id":"x"}}"#, #"{"http":{"id":"x"}}"#,
        #"{"span":{"trace":{"id":"x"}}}"#, #"{"logs":{"level":"info"}}"#, #"{"a":{"trace":{"id":"x"}}}"#,
        #"{"http":{"http":{"request":{"id":"x"}}}}"#, #"{"http":{"a name that is much too long":{"id":"x"}}}"#,
        #"{"log":{"time":"2026-11-23T21:05:32Z","msg":"x"}}"#, #"{"dd":{"id":"x"},"log":{},"req":{"ids":1}}"#,
    ])
    func `an id or a level in another place is not ours`(_ line: String) {
        #expect(ScannedLine(line).fields == LineFields(isRecord: true))
    }

    @Test func `of a flat and a nested name the first counts`() {
        #expect(ScannedLine(#"{"trace":{"id":"a"},"trace_id":"b"}"#).trace == "a")
        #expect(ScannedLine(#"{"trace_id":"b","trace":{"id":"a"}}"#).trace == "b")
        #expect(ScannedLine(#"{"log":{"level":"odd"},"level":"info"}"#).level == .info)
    }

    @Test func `with the sixth field found in an object the line is a record all the same`() {
        let six =
            #"{"ts":"2026-11-23T21:05:32Z","level":"info","msg":"m","spanId":"s","reqId":"r","trace":{"id":"t"},"x":1"#
        #expect(ScannedLine(six + "}").trace == "t")
        #expect(ScannedLine(six + "}").fields.isRecord)
        #expect(!ScannedLine(six).fields.isRecord)
    }

    @Test func `every field is still visited once, objects as a whole`() {
        let line = ScannedLine(#"{"trace":{"id":"t"},"http":{"request":{"id":"r"}},"n":1}"#)
        var seen: [String] = []
        LineScanner.forEachField(of: line.bytes) { key, value in
            seen.append(String(decoding: line.bytes[key], as: UTF8.self) + "=" + (value.text(in: line.bytes) ?? ""))
        }
        #expect(seen == [#"trace={"id":"t"}"#, #"http={"request":{"id":"r"}}"#, "n=1"])
    }
}

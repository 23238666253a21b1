import LogStore
import Testing

/// Whole lines of JSON as loggers print them.
@Suite struct LoggerLineTests {
    @Test(arguments: [
        (
            "winston",
            #"{"level":"http","message":"GET /orders 200","service":"shop","timestamp":"2026-11-23T21:05:32.123Z"}"#,
            LogLevel.debug, "GET /orders 200", "2026-11-23T21:05:32.123Z"
        ),
        (
            "pino",
            #"{"level":30,"time":1531171074631,"pid":657,"hostname":"Davids-MBP-3.fritz.box","msg":"hello world"}"#,
            .info, "hello world", "2018-07-09T21:17:54.631Z"
        ),
        (
            "bunyan",
            #"{"name":"myapp","hostname":"banana.local","pid":40161,"level":40,"lang":"fr","msg":"au revoir","time":"2013-01-04T18:46:23.853Z","v":0}"#,
            .warning, "au revoir", "2013-01-04T18:46:23.853Z"
        ),
        (
            "zap",
            #"{"level":"dpanic","ts":1494567715.7302258,"caller":"zap/main.go:12","msg":"failed to fetch URL","url":"http://example.com","attempt":3,"backoff":1,"stacktrace":"main.main\n\t/go/src/main.go:12"}"#,
            .critical, "failed to fetch URL", "2017-05-12T05:41:55.730225800Z"
        ),
        (
            "logrus",
            #"{"animal":"walrus","level":"info","msg":"A group of walrus emerges from the ocean","size":10,"time":"2015-03-26T01:27:38-04:00"}"#,
            .info, "A group of walrus emerges from the ocean", "2015-03-26T05:27:38.000Z"
        ),
        (
            "slog", #"{"time":"2022-11-08T15:28:26.000000000-05:00","level":"INFO+2","msg":"hello","count":3}"#,
            .notice, "hello", "2022-11-08T20:28:26.000Z"
        ),
        (
            "python-json-logger",
            #"{"asctime": "2026-11-23 21:05:32,123", "levelname": "WARNING", "name": "root", "message": "Logging using pythonjsonlogger!", "more_data": true}"#,
            .warning, "Logging using pythonjsonlogger!", "2026-11-23T21:05:32.123Z"
        ),
        (
            "structlog",
            #"{"some_key": "some_value", "event": "something_happened", "level": "error", "timestamp": "2022-10-10T10:03:46.004236Z"}"#,
            .error, "something_happened", "2022-10-10T10:03:46.004236Z"
        ),
        (
            "ECS",
            #"{"@timestamp":"2019-08-06T12:09:12.375Z", "log.level": "INFO", "message":"Tomcat started on port(s): 8080 (http) with context path ''", "service.name":"spring-petclinic","process.thread.name":"restartedMain","log.logger":"org.springframework.boot.web.embedded.tomcat.TomcatWebServer","event":{"dataset":"x"}}"#,
            .info, "Tomcat started on port(s): 8080 (http) with context path ''", "2019-08-06T12:09:12.375Z"
        ),
        (
            "OpenTelemetry",
            #"{"timeUnixNano":"1544712660300000000","observedTimeUnixNano":"1544712660300000000","severityNumber":10,"severityText":"Information","traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174","body":{"stringValue":"Example log record"},"attributes":[{"key":"string.attribute","value":{"stringValue":"some string"}}]}"#,
            .info, "Example log record", "2018-12-13T14:51:00.300Z"
        ),
        (
            "OpenTelemetry in Go",
            #"{"Timestamp":"2026-11-23T21:05:32.123Z","ObservedTimestamp":"2026-11-23T21:05:33Z","Severity":13,"SeverityText":"WARN","Body":{"Type":"String","Value":"slow"},"TraceID":"5b8e","SpanID":"eee1"}"#,
            .warning, "slow", "2026-11-23T21:05:32.123Z"
        ),
    ])
    func `a line has its level, message and time`(
        _ logger: String, _ text: String, _ level: LogLevel, _ message: String, _ time: String
    ) {
        let line = ScannedLine(text)
        #expect(line.level == level, "\(logger)")
        #expect(line.message == message, "\(logger)")
        #expect(line.time == time, "\(logger)")
        #expect(line.fields.isRecord, "\(logger)")
    }

    @Test func `OpenTelemetry's number is a level where no name is`() {
        #expect(ScannedLine(#"{"severityNumber":17,"body":{"stringValue":"x"}}"#).level == .error)
        #expect(ScannedLine(#"{"severityText":"odd","SeverityNumber":"21"}"#).level == .critical)
        for number in ["0", "25", "-1", "1.5", "null", #""SEVERITY_NUMBER_INFO""#] {
            #expect(ScannedLine(#"{"severityNumber":\#(number)}"#).level == nil, "\(number)")
        }
    }

    @Test(arguments: [
        (#"{"event":"made","message":"an order was made"}"#, "an order was made"),
        (#"{"msg":"an order was made","event":"made"}"#, "an order was made"),
        (#"{"event":{"kind":"x"},"msg":"m"}"#, "m"), (#"{"event":7,"msg":"m"}"#, "m"),
        (#"{"event":"e","msg":null}"#, "e"),
        (#"{"body":{"sku":"x"},"msg":"order made"}"#, "order made"), (#"{"body":{"sku":"x"}}"#, #"{"sku":"x"}"#),
        (#"{"body":{"kvlistValue":{}},"event":"e"}"#, #"{"kvlistValue":{}}"#), (#"{"message":["a"],"msg":"m"}"#, "m"),
        (#"{"message":null,"msg":"m"}"#, "m"), (#"{"message":"","msg":"m"}"#, ""),
    ])
    func `a text comes before an object, and every message before an event`(_ text: String, _ message: String) {
        #expect(ScannedLine(text).message == message)
        #expect(ScannedLine(text).fields.isRecord)
    }

    @Test(arguments: ["null", #""""#])
    func `an id that is null or empty does not hide the next`(_ nothing: String) {
        let line = ScannedLine(
            #"{"traceId":\#(nothing),"trace_id":"t","spanId":\#(nothing),"span":{"id":"s"},"req_id":\#(nothing),"requestId":7}"#
        )
        #expect(line.trace == "t")
        #expect(line.span == "s")
        #expect(line.request == "7")
        let none = ScannedLine(#"{"traceId":\#(nothing)}"#)
        #expect(none.fields == LineFields(isRecord: true))
    }

    @Test(arguments: ["INFO+", "INFO+x", "INFO+12345", "info+2", "LOUD+1", "INFO++1", "+2", "INFO"])
    func `only slog's own numbers are slog's`(_ text: String) {
        #expect(LogLevel(text) == (text == "INFO" ? .info : nil))
    }
}

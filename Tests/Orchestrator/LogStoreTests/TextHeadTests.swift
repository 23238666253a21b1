import LogStore
import Testing

@Suite struct TextHeadTests {
    private func check(_ text: String, _ time: String?, _ level: LogLevel?, _ location: SourceLocation) {
        let line = ScannedLine(text)
        #expect(line.time == time, sourceLocation: location)
        #expect(line.level == level, sourceLocation: location)
        #expect(line.fields.beginsEntry == (time != nil || level != nil), sourceLocation: location)
        #expect(line.fields.message.kind == .missing && !line.fields.isRecord, sourceLocation: location)
    }

    /// Lines that all bear the time 2026-11-23T21:05:32Z, to the second or the millisecond.
    private func check(_ lines: [(String, LogLevel?)], _ location: SourceLocation = #_sourceLocation) {
        for (text, level) in lines {
            let digits = text.contains("32.123") || text.contains("32,123") ? "123" : "000"
            check(text, "2026-11-23T21:05:32.\(digits)Z", level, location)
        }
    }

    /// Lines that bear a level, but no time that says which day it was.
    private func checkTimeless(_ lines: [(String, LogLevel)], _ location: SourceLocation = #_sourceLocation) {
        for (text, level) in lines { check(text, nil, level, location) }
    }

    @Test func `databases and brokers are read`() {
        check([
            (#"2026-11-23 21:05:32.123 UTC [123] ERROR:  relation "orders" does not exist at character 15"#, .error),
            ("2026-11-23 22:05:32.123 CET [123] LOG:  database system is ready to accept connections", .info),
            ("2026-11-23 21:05:32 GMT [62] FATAL:  the database system is starting up", .critical),
            ("2026-11-23 22:05:32.123 CET [123] postgres@shop WARNING:  there is no transaction in progress", .warning),
            ("2026-11-23 21:05:32.123 UTC [123] DEBUG2:  autovacuum: processing database", .debug),
            ("1234:M 23 Nov 2026 21:05:32.123 * Ready to accept connections tcp", .notice),
            ("1234:C 23 Nov 2026 21:05:32.123 # oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo", .warning),
            ("1234:S 23 Nov 2026 21:05:32.123 - DB 0: 1 keys (0 volatile) in 4 slots HT.", .debug),
            ("1:X 23 Nov 2026 21:05:32.123 . Accepted 127.0.0.1:40000", .debug),
            ("2026-11-23T21:05:32.123000Z 0 [Warning] [MY-010068] [Server] CA certificate is self signed.", .warning),
            ("2026-11-23T21:05:32.123000Z 0 [System] [MY-010931] [Server] mysqld: ready for connections.", .info),
            ("2026-11-23 21:05:32 0 [Note] mariadbd: ready for connections.", .info),
            ("2026-11-23 21:05:32 3 [ERROR] Incorrect definition of table mysql.event", .error),
            ("2026-11-23 21:05:32.123000+00:00 [info] <0.1.0> Server startup complete; 3 plugins started.", .info),
            ("2026-11-23 21:05:32.123000+00:00 [error] <0.229.0> Channel error on connection", .error),
            ("[123] 2026/11/23 21:05:32.123000 [INF] Starting nats-server", .info),
            ("2026.11.23 21:05:32.123000 [ 1 ] {} <Information> Application: Ready for connections.", .info),
        ])
    }

    @Test func `nginx is read`() {
        check([
            (#"2026/11/23 21:05:32 [error] 12#12: *1 open() "/srv/x" failed (2: No such file or directory)"#, .error),
            ("2026/11/23 21:05:32 [notice] 1#1: start worker processes", .notice),
            ("2026/11/23 21:05:32 [emerg] 1#1: bind() to 0.0.0.0:80 failed (98: Address already in use)", .critical),
        ])
    }

    @Test func `Python's loggers and servers are read`() {
        check([
            ("2026-11-23 21:05:32,123 - name - ERROR - msg", .error),
            ("2026-11-23 21:05:32,123 - app.orders - WARNING - stock is low", .warning),
            ("2026-11-23 21:05:32,123 ERROR name msg", .error),
            ("2026-11-23 21:05:32.123 | INFO     | app.main:run:12 - started", .info),
            ("[2026-11-23 21:05:32 +0000] [123] [INFO] Booting worker with pid: 124", .info),
            ("[2026-11-23 21:05:32,123: WARNING/MainProcess] celery@host ready.", .warning),
            ("[2026-11-23T21:05:32.123+0000] {taskinstance.py:1157} INFO - Dependencies all met", .info),
            ("INFO 2026-11-23 21:05:32,123 views 123 456 GET /", .info),
            ("WARNING:2026-11-23 21:05:32,123:msg", .warning),
        ])
        checkTimeless([
            ("ERROR:root:msg", .error), ("WARNING:app.orders:stock is low", .warning),
            ("INFO:     Started server process [123]", .info),
            (#"INFO:     127.0.0.1:40000 - "GET / HTTP/1.1" 200 OK"#, .info),
        ])
    }

    @Test func `the JVM's loggers are read`() {
        check([
            ("2026-11-23 21:05:32.123 ERROR [main] c.x.Y - msg", .error),
            ("2026-11-23T22:05:32.123+01:00  INFO 1234 --- [shop] [main] c.x.ShopApplication : Started", .info),
            ("2026-11-23 21:05:32.123  WARN 1234 --- [main] c.x.Y : msg", .warning),
            ("2026-11-23 21:05:32,123 INFO  [io.quarkus] (main) shop 1.0 on JVM started in 0.9s.", .info),
            ("[2026-11-23 21:05:32,123] INFO [KafkaServer id=0] started (kafka.server.KafkaServer)", .info),
            ("[2026-11-23T21:05:32,123][WARN ][o.e.b.BootstrapChecks] [node] max virtual memory areas", .warning),
            ("23-Nov-2026 21:05:32.123 SEVERE [main] org.apache.catalina.core.StandardService failed", .error),
        ])
        checkTimeless([
            ("21:05:32.123 [main] ERROR c.x.Y - msg", .error), ("21:05:32,123 DEBUG [c.x.Y] (main) msg", .debug),
            ("WARNING: An illegal reflective access operation", .warning),
        ])
    }

    @Test func `Go's loggers are read`() {
        check([
            ("2026/11/23 21:05:32 listening on :8080", nil),
            ("2026/11/23 21:05:32.123000 main.go:23: listening on :8080", nil),
            ("2026/11/23 21:05:32 ERROR cannot open file=x", .error),
            ("2026-11-23T21:05:32.123Z [INFO]  agent: Started DNS server: address=127.0.0.1:8600", .info),
            ("2026-11-23T21:05:32.123Z\tWARN\tserver/main.go:12\tslow\t{\"ms\": 12}", .warning),
            ("2026-11-23T21:05:32Z INF started port=8080", .info),
            ("2026-11-23T22:05:32+01:00 ERR cannot connect error=\"refused\"", .error),
        ])
        checkTimeless([
            ("E1123 21:05:32.123456   12345 controller.go:114] failed to sync", .error),
            ("I1123 21:05:32.123456       1 main.go:12] starting", .info),
            ("W1123 21:05:32.123456       1 main.go:12] slow", .warning),
            ("F1123 21:05:32.123456       1 main.go:12] out of disk", .critical),
        ])
    }

    @Test func `Rust's loggers are read, coloured or not`() {
        check([
            ("[2026-11-23T21:05:32Z INFO  shop::orders] msg", .info),
            ("[2026-11-23T21:05:32.123Z ERROR shop] msg", .error),
            ("2026-11-23T21:05:32.123000Z  INFO shop: msg", .info),
            ("2026-11-23T21:05:32.123000Z ERROR request{id=1}: shop: msg", .error),

            (
                "\u{1B}[2m2026-11-23T21:05:32.123000Z\u{1B}[0m \u{1B}[33m WARN\u{1B}[0m \u{1B}[2mshop\u{1B}[0m: x",
                .warning
            ),
            ("\u{1B}[90m[\u{1B}[0m2026-11-23T21:05:32Z \u{1B}[32mINFO \u{1B}[0m shop\u{1B}[90m]\u{1B}[0m msg", .info),
        ])
        checkTimeless([("[INFO  shop::orders] msg", .info), ("\u{1B}[31mERROR\u{1B}[0m msg", .error)])
    }

    @Test func `Ruby's, PHP's, Node's and .NET's loggers are read`() {
        check([
            ("I, [2026-11-23T21:05:32.123000 #123]  INFO -- : Started GET /", .info),
            ("E, [2026-11-23T21:05:32.123000 #123] ERROR -- shop: refused", .error),
            ("2026-11-23T21:05:32.123Z pid=123 tid=abc WARN: Sidekiq is slow", .warning),
            ("[2026-11-23T21:05:32.123000+00:00] app.ERROR: refused {\"id\":1} []", .error),
            ("[2026-11-23 21:05:32] local.DEBUG: query", .debug),
            ("[23-Nov-2026 21:05:32] NOTICE: fpm is running, pid 1", .notice),
            ("2026-11-23T21:05:32.123Z warn: slow", .warning),
            ("2026-11-23T21:05:32.123Z [shop] info: started", .info),
            ("2026-11-23T21:05:32.123Z \u{1B}[32minfo\u{1B}[39m: started", .info),
        ])
        checkTimeless([
            ("info: started", .info), ("\u{1B}[31merror\u{1B}[39m: refused", .error), ("error: cannot open x", .error),
            ("info: Microsoft.Hosting.Lifetime[14]", .info), ("fail: Shop.Orders[0]", .error), ("crit: x", .critical),
            ("dbug: x", .debug), ("trce: x", .trace), ("[21:05:32 WRN] slow", .warning),
            ("21:05:32.123 [info] up", .info),
        ])
    }

    @Test(arguments: [
        ("<0>", LogLevel.critical), ("<1>", .critical), ("<2>", .critical), ("<3>", .error), ("<4>", .warning),
        ("<5>", .notice), ("<6>", .info), ("<7>", .debug),
    ])
    func `sd-daemon's prefixes are levels`(_ prefix: String, _ level: LogLevel) {
        #expect(ScannedLine(prefix + "message").level == level)
        #expect(ScannedLine(prefix + "2026-11-23 21:05:32 message").time == "2026-11-23T21:05:32.000Z")
    }

    @Test(arguments: [
        ("[error] msg", LogLevel.error), ("<warn> msg", .warning), ("[ERROR] msg", .error), ("[ info ] msg", .info),
        ("ERROR msg", .error), ("WARN", .warning), ("CRITICAL: msg", .critical), ("debug: msg", .debug),
        ("[DEBUG] 12:00 msg", .debug), ("NOTICE:  table does not exist, skipping", .notice),
    ])
    func `a level may stand first`(_ text: String, _ level: LogLevel) {
        #expect(ScannedLine(text).level == level)
        #expect(ScannedLine(text).time == nil)
    }

    @Test(arguments: [
        ("2026-11-23 21:05:32-05", "2026-11-24T02:05:32.000Z"),
        (
            "2026-11-23 21:05:32 -0530 x",
            "2026-11-24T02:35:32.000Z"
        ),
        ("2026-11-23 21:05:32 EST [1] x", "2026-11-24T02:05:32.000Z"),
        (
            "2026-11-23T21:05:32z",
            "2026-11-23T21:05:32.000Z"
        ),
        ("2026-11-23 21:05:32 XYZ x", "2026-11-23T21:05:32.000Z"),
        (
            "2026-11-23 21:05:32 -5 x",
            "2026-11-23T21:05:32.000Z"
        ),
        ("2026-11-23 21:05:32 - 5", "2026-11-23T21:05:32.000Z"), ("2026-11-23 21:05:32.", "2026-11-23T21:05:32.000Z"),
        ("01 Jan 2026 00:00:00.123456789 x", "2026-01-01T00:00:00.123456789Z"),
        ("2026-12-31 23:59:60 x", "2027-01-01T00:00:00.000Z"),
    ])
    func `a zone is read, and without one the time is UTC`(_ text: String, _ time: String) {
        #expect(ScannedLine(text).time == time)
        #expect(ScannedLine(text).level == nil)
    }

    @Test(arguments: [
        "2026-11-23", "2026-11-23 21:05", "2026-11-23 21:05:3", "2026-11-23 25:05:32 x", "2026-13-23 21:05:32",
        "2026-11-23x21:05:32", "2026-11/23 21:05:32", "23 Foo 2026 21:05:32", "2026-11-23 21:05:32abc",
        "26-11-23 21:05:32",
        "x 2026-11-23 21:05:32", " 2026-11-23 21:05:32 ERROR x", "[x] 2026-11-23 21:05:32", "21:05 ERROR x",
        "9999-11-23 21:05:32", "2026-11-23 21:05:32123",
    ])
    func `what is not quite a time is none`(_ text: String) {
        #expect(ScannedLine(text).fields == LineFields())
    }

    @Test(arguments: [
        "Error while reading", "Error: bad", "Warning: x is deprecated", "the ERROR was", "INFORMATION",
        "INFORMATION desk",
        "INFORMATION: x", "ERRORS: 3", "ERROR_CODE=5", "ERROR-5", "ERROR=1", "Errors: 3", "error in line 5",
        "errors: 3",
        "error:none", "info", "information: none", "panic: boom", "PANICKED", "[errors] x", "[e] x", "[50] x",
        "[12] ERROR",
        "(ERROR) x", "LOG of today", "[log] x", "note: x", "NOTE: x", "system: x", "<8>x", "<30>x", "<x>", "<3 x",
        "DEBUG5 x",
        "ERR! x", "1234:M x", "E1123 x", "E112 21:05:32.1", "Z1123 21:05:32.1 x", "12:M 23 Nov 2026 21:05:32 + x",
        "\u{1B}[31",
        "\u{1B}]0;title", "- ERROR x", "| ERROR x", ": ERROR x", "http://x/ERROR", "errör: x",
    ])
    func `prose has no level`(_ text: String) {
        #expect(ScannedLine(text).fields == LineFields())
    }

    @Test(arguments: [
        "the ERROR was", "request failed: ERROR", "http: ERROR", "Error while", "panic: boom", "a - ERROR - b",
        "{\"level\":\"ERROR\"} ERROR", "one two ERROR", "started (ERROR)", "(\"x\") ERROR", "INFORMATION x", "x ERROR:",
        "[unclosed ERROR", "<", "[", "", "-", "- name - ", "12 ", "a=b", "\u{1} ERROR", "\u{1B}ERROR",
        "[" + String(repeating: "x", count: 64) + "] ERROR",
    ])
    func `a message behind a time has no level`(_ message: String) {
        let line = ScannedLine("2026-11-23 21:05:32 " + message)
        #expect(line.time == "2026-11-23T21:05:32.000Z")
        #expect(line.level == nil)
    }

    @Test(arguments: ["DETAIL", "HINT", "STATEMENT", "CONTEXT", "QUERY", "LOCATION"])
    func `what PostgreSQL adds to an error continues it`(_ word: String) {
        let line = ScannedLine("2026-11-23 21:05:32.123 UTC [123] \(word):  SELECT 1")
        #expect(line.fields == LineFields())
        #expect(!line.fields.beginsEntry)
    }

    @Test func `a record begins an entry, also one with neither time nor level`() {
        #expect(ScannedLine("{}").fields.beginsEntry)
        #expect(ScannedLine("level=info x").fields.beginsEntry)
        #expect(!ScannedLine("{").fields.beginsEntry)
        #expect(!ScannedLine("text").fields.beginsEntry)
        #expect(!ScannedLine("").fields.beginsEntry)
    }
}

import LogStore
import StateDirectory
import Testing

/// `--where`, through a query as users have it.
@Suite struct WhereTests {
    private static let line =
        #"{"timestamp":"2026-05-01T10:00:00Z","level":"warn","msg":"slow \"answer\"","status":503,"ms":12.5,"#
        + #""path":"/api/orders","ok":true,"gone":null,"big":"900","trace.id":"t-1","user":{"name":"Ada","tags":["x"],"#
        + #""address":{"zip.code":"01234"}},"req-id":"r9","and":"word"}"#

    private func holds(_ condition: String, _ line: String = WhereTests.line) throws -> Bool {
        let state = try ScratchState()
        try state.run(3, of: "web.2", out: line + "\n")
        return try !state.lines { $0.condition = condition }.isEmpty
    }

    @Test(arguments: [
        "status = 503", "status == 503", "status=503.0", "status >= 500 and status < 600", "status != 200", "ms > 12",
        "ms<=12.5", "path ~ \"^/api/\"", "path ~ orders", "path !~ '^/admin'", "status ~ '^5'", "status in (500, 503)",
        "path not in ('/a', \"/b\")", "ok", "ok = true", "ok != false", "not gone", "gone = null", "absent = null",
        "status != null", "not absent = 1", "not (status = 200 or status = 404)", "!(status = 200)",
        "status = 200 || ok && not absent", "user.name = Ada", "user.name = \"Ada\"",
        "user.address.zip.code = \"01234\"",
        "`trace.id` = 't-1'", "trace.id = t-1", "req-id = r9", "`and` = word", "big > 100", "big = 900", "big = '900'",
        "level >= warn", "level = warning", "level in (error, WARN)", "not level > warning", "service = web",
        "instance = \"web.2\"", "run = 3", "run >= 2", "stream = stdout", "time >= 2026-05-01T10:00:00Z",
        "time < \"2026-05-01 10:00:01Z\"", "message ~ 'slow \"answer\"'", "message = \"slow \\\"answer\\\"\"",
        "fields.level = warn", "fields.msg ~ slow", "user.tags ~ x", "user", "path > '/api/a'", "((((ok))))",
    ])
    func `these hold`(condition: String) throws { #expect(try holds(condition)) }

    @Test(arguments: [
        "status = 200", "status < 500", "absent = 1", "absent != 1", "absent !~ x", "absent not in (1)", "absent",
        "gone",
        "gone != null", "not ok", "ok = false", "ok = 'x'", "path ~ '^orders'", "path = 1", "path < 1",
        "user.name.first = x",
        "user.nickname", "status in (1, 2)", "status not in (503)", "level > warn", "fields.level = warning",
        "service = 'web.2'", "run = 4", "stream = stderr", "time > 2026-05-01T10:00:00Z", "ok and absent",
        "absent or gone", "not (ok and status = 503)",
    ])
    func `these do not hold`(condition: String) throws { #expect(try !holds(condition)) }

    @Test func `text has what every line has, and no fields`() throws {
        let text = "plain {text status=503"
        #expect(try holds("message ~ plain and service = web", text))
        #expect(try !holds("status = 503", text))
        #expect(try holds("not status", text))
        #expect(try holds("level = info", text))
    }

    @Test(arguments: [
        ("", 1), ("status >", 9), ("status = 5 and", 15), ("(status = 5", 12), ("status = 5)", 11),
        ("status ~ 'a('", 10),
        ("level > loud", 9), ("time > soon", 8), ("status in 5", 11), ("status in (1, 2", 16), ("status in ()", 12),
        ("a.", 3), ("a = 'x", 5), ("a # b", 3), ("= 5", 1), ("a = 1 b = 2", 7), ("status not 5", 12), ("a = (1)", 5),
        ("5 = a", 1), ("a && ", 6), (String(repeating: "(", count: 200), 101),
    ])
    func `what is wrong is told with its column`(condition: String, column: Int) throws {
        #expect {
            _ = try holds(condition)
        } throws: { error in
            guard case LogError.badCondition(let wrong) = error else { return false }
            return wrong.column == column && !wrong.reason.isEmpty
        }
    }

    @Test func `random conditions are read or refused, and nothing else`() throws {
        let words = [
            "status", "user.name", "`a b`", "and", "or", "not", "in", "(", ")", ",", "=", "!=", ">=", "~", "!~", "!",
            "&&",
            "503", "-1.5e3", "'x'", "\"y", "\\", "null", "true", ".", "é", "\u{0}", "2026-05-01T10:00:00Z", "level",
            "warn",
        ]
        let seed = UInt64.random(in: 0 ... .max)
        var random = Numbers(seed: seed)
        let state = try ScratchState()
        try state.run(of: "a", out: Self.line + "\n" + "text\n")
        var read = 0
        for _ in 0..<5_000 {
            let parts = (0..<Int(random.next() % 9)).map { _ in words[Int(random.next() % UInt64(words.count))] }
            let condition = parts.joined(separator: random.next() % 3 == 0 ? "" : " ")
            do {
                _ = try state.lines { $0.condition = condition }
                read += 1
            } catch LogError.badCondition(let wrong) {
                #expect((1...condition.count + 1).contains(wrong.column), "\(condition), seed \(seed)")
            } catch {
                Issue.record("\(error) of \(condition), seed \(seed)")
            }
        }
        #expect(read > 0, "seed \(seed)")
    }

    @Test func `lines that hold a pattern can be left out`() throws {
        let state = try ScratchState()
        try state.run(
            of: "a", out: record(1, "info", "keep") + record(2, "info", "drop me") + record(3, "info", "keep"))
        #expect(try state.lines { $0.exclusion = "drop" }.map(\.message) == ["keep", "keep"])
        #expect(try state.lines { $0.exclusion = "^.*keep" }.map(\.message) == ["drop me"])
    }
}

/// SplitMix64.
private struct Numbers {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

import Foundation
import StateDirectory
import TestSupport
import Testing

/// What a person or a script does with the logs of services that run.
@Suite(.timeLimit(.minutes(3))) struct LogsTests {
    @Test func `a script goes on reading where it ended, through a restart`() async throws {
        let project = try ProjectUnderTest([
            "a.yaml": "services:\n  web: { command: [sh, -c, \"echo born; echo wrong >&2; exec sleep 1000\"] }\n"
        ])
        try await project.expect(0, "up")
        func read(_ arguments: String...) async throws -> (lines: [Substring], cursor: String) {
            let result = try await project.start(["logs", "--format", "raw", "--show-cursor"] + arguments).result()
            #expect(result.code == 0, "\(result.errors)")
            let cursor = result.errors.split(separator: "\n").last?.split(separator: " ").last ?? ""
            return (result.output.split(separator: "\n"), String(cursor))
        }
        let first = try await read()
        #expect(first.lines.sorted() == ["born", "wrong"])
        #expect(first.cursor == "web.1/1/stdout:4,web.1/1/stderr:5")
        #expect(try await read("--after", first.cursor).lines == [])
        try await project.expect(0, "restart", "web")
        let second = try await read("--after", first.cursor)
        #expect(second.lines.sorted() == ["born", "wrong"])
        #expect(second.cursor == "web.1/2/stdout:4,web.1/2/stderr:5")
        #expect(try await read("--after", "web.1/1/stdout:-1").lines.count == 4)
        let bad = try await project.msctl("logs", "--after", "yesterday")
        #expect(bad.code == 64)
        try await project.expect(0, "down")
    }

    @Test func `a service that writes for ever keeps what it may, and msctl says what it dropped`() async throws {
        let project = try ProjectUnderTest([
            "a.yaml": """
            services:
              web:
                command:
                - awk
                - 'BEGIN { for (n = 0; n < 60000; n++) printf "{\\"level\\":\\"info\\",\\"message\\":\\"line %d\\"}\\n", n; fflush();
                  while (1) system("sleep 1000") }'
                logs: { retain: 1MB }
            """
        ])
        try await project.expect(0, "up")
        var told = ""
        var lines: [Substring] = []
        for _ in 0..<100 where !told.contains("were dropped to save space (logs.retain)") {
            try await Task.sleep(for: .milliseconds(100))
            let result = try await project.msctl("logs", "--format", "raw")
            (told, lines) = (result.errors, result.output.split(separator: "\n"))
        }
        #expect(told.contains("were dropped to save space (logs.retain)"))
        let first = try #require(lines.first.flatMap { Int($0.filter(\.isNumber)) })
        #expect(told.hasPrefix("web.1: the first \(first) lines "), "\(told)")
        #expect(lines.count == 60_000 - first)
        #expect(lines.last == #"{"level":"info","message":"line 59999"}"#)
        let tail = try await project.msctl("logs", "--tail", "1", "--format", "raw")
        #expect(tail.output == #"{"level":"info","message":"line 59999"}"# + "\n")
        #expect(tail.errors == "")
        let reindex = try await project.msctl("logs", "--reindex")
        #expect(reindex.output.hasPrefix("indexed \(60_000 - first) lines, "), "\(reindex.output)")
        try await project.expect(0, "down")
    }

    @Test func `a reader that has gone ends the command, and does not kill it`() async throws {
        let project = try ProjectUnderTest([
            "a.yaml": "services:\n  web: { command: [sh, -c, \"seq 1 60000; exec sleep 1000\"] }\n"
        ])
        try await project.expect(0, "up")
        while try await !project.msctl("logs", "--format", "raw", "--tail", "1").output.hasPrefix("60000") {}
        for _ in 0..<30 {
            let logs = try project.start("logs", "--tail", "all", output: .pipe)
            var byte: UInt8 = 0
            while read(logs.output, &byte, 1) == 1, byte != 0x0A {}
            logs.stopReading()
            #expect(await logs.end() == 0, "\(logs.said)")
        }
        try await project.expect(0, "down")
    }

    @Test func `following until a time ends then`() async throws {
        let project = try ProjectUnderTest([
            "a.yaml": "services:\n  web: { command: [sh, -c, \"echo born; exec sleep 1000\"] }\n"
        ])
        try await project.expect(0, "up")
        let result = try await project.msctl("logs", "-f", "--until", "2020-01-01T00:00:00Z")
        #expect(result.code == 0)
        #expect(result.output == "")
        try await project.expect(0, "down")
    }
}

import ArgumentParser
import Testing

@testable import msctl

@Suite struct LogsCommandTests {
    @Test func `-f follows, and the manifests have the long name alone`() throws {
        let command = try LogsCommand.parse(["-f", "user-service", "--file", "shop.yaml", "--tail", "5"])
        #expect(command.follow)
        #expect(command.services == ["user-service"])
        #expect(command.file == ["shop.yaml"])
        #expect(command.tail.lines == 5)
    }

    @Test(arguments: [
        ["--tail", "all"], ["--tail", "0"], ["--run", "last"], ["--run", "all"], ["--run", "3"], ["--level", "WARN"],
        ["--level", "fatal"], ["--since", "90m"], ["--since", "2d"], ["--until", "2026-01-31 12:00"],
        ["--since", "2026-01-31"], ["--since", "2025-06-01T12:00:00+02:00"], ["--until", "1748781296"],
        ["--stream", "stderr"], ["--format", "raw"], ["--request-id", "r1", "--trace", "t1", "--grep", "a|b"],
    ])
    func `what is documented is understood`(_ arguments: [String]) throws {
        _ = try LogsCommand.parse(arguments)
    }

    @Test(arguments: [
        ["--tail", "-1"], ["--tail", "few"], ["--run", "0"], ["--run", "first"], ["--level", "loud"],
        ["--since", "yesterday"], ["--since", ""], ["--stream", "both"], ["--format", "table"],
        ["--reindex", "--level", "warn"], ["--reindex", "--stream", "stderr"], ["--reindex", "--run", "all"],
        ["--reindex", "--run", "last"], ["--reindex", "--format", "json"], ["--reindex", "--tail", "5"],
        ["--run", "1", "--after", "web.1/1/stdout:4"], ["--since", "2026-02-31x"], ["--since", "2026-01-31Z"],
    ])
    func `anything else is refused as usage`(_ arguments: [String]) {
        #expect {
            _ = try LogsCommand.parse(arguments)
        } throws: { error in
            LogsCommand.exitCode(for: error).rawValue == 64
        }
    }
}

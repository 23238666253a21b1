import CLinux
import Foundation
import StateDirectory
import TestSupport
import Testing

/// `status --watch`.
@Suite(.timeLimit(.minutes(3))) struct StatusWatchTests {
    private func project() throws -> ProjectUnderTest {
        try ProjectUnderTest([
            "a.yaml":
                "name: watched\nservices:\n  web: { command: [sleep, \"1000\"] }\n  other: { command: [sleep, \"1000\"] }\n"
        ])
    }

    @Test func `in a pipe there is a line for each change, before and after the stack`() async throws {
        let project = try project()
        let watch = try project.start("status", "--watch")
        try await project.expect(0, "up")
        #expect(watch.prints("web.1 running"))
        try await project.expect(0, "stop", "web")
        #expect(watch.prints("web.1 stopped"))
        try await project.expect(0, "down")
        #expect(watch.prints("other.1 gone"))
        try await project.expect(0, "up")
        try await project.expect(0, "down")
        watch.send(SIGTERM)
        await watch.end()
        project.expectNothingLeft()
    }

    @Test func `as JSON each line is a whole document of what was asked for`() async throws {
        let project = try project()
        try await project.expect(0, "up")
        let watch = try project.start("status", "web", "--watch", "--format", "json")
        #expect(watch.prints("\"running\""))
        try await project.expect(0, "stop", "web")
        #expect(watch.prints("\"stopped\""))
        watch.send(SIGINT)
        await watch.end()
        for line in watch.printed.split(separator: "\n") {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?["schema"] as? String == "msctl.status/1")
            #expect(object?["project"] as? String == "watched")
            #expect((object?["services"] as? [[String: Any]])?.map { $0["instance"] as? String } == ["web.1"])
        }
        try await project.expect(64, "status", "wep", "--watch")
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `it ends when nobody reads any more`() async throws {
        let project = try project()
        try await project.expect(0, "up")
        let watch = try project.start("status", "--watch", output: .pipe)
        close(watch.output)
        try await project.expect(0, "restart", "web")
        #expect(await watch.end() == 0)
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `a terminal is drawn on, cut to its width, and left as it was`() async throws {
        let project = try project()
        try await project.expect(0, "up")
        let watch = try project.startOnTerminal("exec msctl status --watch")
        #expect(watch.prints("watched: 2 of 2 ready"))
        #expect(watch.prints("web.1"))
        try await project.expect(0, "stop", "web")
        #expect(watch.prints("watched: 1 of 2 ready"))
        watch.type("\u{3}")
        #expect(await watch.end() == 0, "\(watch.printed)")
        let text = watch.printed
        #expect(text.hasPrefix("\u{1B}[?1049h\u{1B}[?25l"))
        #expect(text.contains("\u{1B}[?25h\u{1B}[?1049l"))
        // Each frame begins in the upper left corner.
        let plain = text.replacing("\u{1B}[H", with: "\n").replacing(#/\u{1B}\[[?0-9;]*[A-Za-z]/#, with: "")
        #expect(plain.split(whereSeparator: \.isNewline).allSatisfy { $0.count <= 70 })
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }
}

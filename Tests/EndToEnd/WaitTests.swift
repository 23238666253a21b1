import Foundation
import TestSupport
import Testing

/// Waiting in scripts, honestly.
@Suite(.timeLimit(.minutes(3))) struct WaitTests {
    private let fixture = BuiltProducts.fixtureService

    @Test func `a job that did its work is a success, one that did not is a failure with its code`() async throws {
        let project = try ProjectUnderTest([
            "a.yaml": """
            services:
              good: { command: [\(fixture), exit-after=20] }
              odd: { command: [\(fixture), exit-after=20, code=3], success_exit_codes: [3] }
              bad: { command: [\(fixture), exit-after=20, code=4, "say=it broke"] }
              server: { command: [sleep, "1000"] }
            """
        ])
        // Without a probe a service is up while it runs, so what `up` makes of one that soon ends is a race.
        _ = try await project.msctl("up")
        try await project.expect(0, "wait", "good", "odd", "server")
        let good = try await project.expect(0, "wait", "good", "odd", "--for", "exited")
        #expect(good.errors.contains("good.1  exited: exit code 0"))
        #expect(good.errors.contains("odd.1  exited: exit code 3"))
        let bad = try await project.expect(1, "wait", "good", "bad", "--for", "exited", "--format", "json")
        #expect(bad.errors.contains("bad.1 did not end well"))
        #expect(bad.errors.contains("it broke"))
        let document = try JSONSerialization.jsonObject(with: Data(bad.output.utf8)) as? [String: Any]
        #expect(document?["schema"] as? String == "msctl.wait/1")
        let rows = document?["instances"] as? [[String: Any]] ?? []
        #expect(rows.map { ($0["exit"] as? [String: Any])?["code"] as? Int } == [4, 0])
        try await project.expect(1, "wait", "bad")
        try await project.expect(1, "wait", "good", "--for", "running")
        let late = try await project.expect(75, "wait", "server", "--for", "exited", "--timeout", "100ms")
        #expect(late.errors.contains("server not exited after 100 ms"))
        try await project.expect(0, "stop", "server")
        try await project.expect(0, "wait", "server", "--for", "exited")
        let wrong = try await project.expect(64, "wait", "sever")
        #expect(wrong.errors.contains("did you mean 'server'?"))
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `waiting brings back a daemon that has been killed for good`() async throws {
        let project = try ProjectUnderTest(["a.yaml": "services: { a: { command: [sleep, \"1000\"] } }"])
        try await project.expect(0, "up")
        let daemon = try #require(project.daemonPID)
        project.killDaemonAndItsShim()
        #expect(Processes.waitForEnd(daemon))
        try await project.expect(0, "wait", "a", "--for", "running")
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `a log line is waited for, whether it comes or has come`() async throws {
        let project = try ProjectUnderTest([
            "a.yaml": "services: { a: { command: [\(fixture), lines=1000, interval=20, \"say=first word\"] } }"
        ])
        try await project.expect(0, "up")
        try await project.expect(0, "wait", "a", "--for", "log=first w.rd")
        try await project.expect(0, "wait", "a.1", "--for", "log=\"number\":20\\D")
        try await project.expect(75, "wait", "a", "--for", "log=never said", "--timeout", "200ms")
        try await project.expect(64, "wait", "a", "--for", "log=(")
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }
}

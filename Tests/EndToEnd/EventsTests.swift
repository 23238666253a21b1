import CLinux
import Foundation
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// The project's history, read with and without a daemon.
@Suite(.timeLimit(.minutes(3))) struct EventsTests {
    private func project() throws -> ProjectUnderTest {
        try ProjectUnderTest([
            "a.yaml": """
            services:
              a: { command: [\(BuiltProducts.fixtureService), exit-after=20, code=3], restart: on-failure }
              b: { command: [sleep, "1000"] }
            """
        ])
    }

    @Test func `events are there while it runs and after it is down`() async throws {
        let project = try project()
        try await project.expect(3, "events")
        try await project.expect(0, "up", "b")
        try await project.expect(64, "events", "c")
        let table = try await project.expect(0, "events", "b")
        #expect(table.output.contains("b.1") && table.output.contains("started"), "\(table)")
        try await project.expect(0, "down")
        let events = try events(try await project.expect(0, "events", "--format", "json").output)
        #expect(events.map { $0["event"] as? String } == ["started", "stopping", "stopped"])
        #expect(events.allSatisfy { $0["schema"] as? String == "msctl.event/1" && $0["instance"] as? String == "b.1" })
        #expect(try await project.expect(0, "events", "--tail", "1").output.contains("stopped"))
        #expect(try await project.expect(0, "events", "--since", "2100-01-01T00:00:00Z").output.isEmpty)
    }

    @Test func `a follower loses and doubles nothing while daemons die, and ends well when told`() async throws {
        let project = try project()
        let output = project.path.appending("events")
        // Before there is anything at all.
        let follower = try follow(project, into: output)
        _ = try await project.msctl("up", "a", "--wait-timeout", "1s")
        for _ in 0..<3 {
            if let daemon = project.daemonPID {
                kill(daemon, SIGKILL)
                _ = Processes.waitForEnd(daemon)
            }
            try await project.expect(0, "up", "b")
            try await project.expect(0, "stop", "b")
        }
        try await project.expect(0, "down")
        let stored = try StateReader(layout: project.layout).events()
        #expect(stored.count > 10)
        var followed: [[String: Any]] = []
        let deadline = ContinuousClock.now + .seconds(20)
        while followed.count < stored.count, ContinuousClock.now < deadline {
            followed = try events(try String(contentsOfFile: output.string, encoding: .utf8))
            await Task.yield()
        }
        #expect(followed.map { $0["seq"] as? Int } == stored.map { Int($0.sequence) })
        follower.send(SIGINT)
        #expect(follower.wait() == 0)
        project.expectNothingLeft()
    }

    private func follow(_ project: ProjectUnderTest, into output: FilePath) throws -> SpawnedProcess {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, output.string, O_WRONLY | O_CREAT, 0o600)
        return try SpawnedProcess(
            BuiltProducts.path("msctl").string,
            ["events", "-f", "--format", "json", "-C", project.path.string],
            environment: ["PATH": "/usr/bin:/bin"], actions: &actions)
    }

    /// Whole lines only: the last one may be on its way.
    private func events(_ text: String) throws -> [[String: Any]] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return try lines.map { try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]) }
    }
}

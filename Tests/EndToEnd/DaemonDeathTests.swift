import CLinux
import Foundation
import ProcessTable
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// The daemon may be killed at any moment, by anything, and nothing is lost.
@Suite(.timeLimit(.minutes(3))) struct DaemonDeathTests {
    private func project() throws -> ProjectUnderTest {
        try ProjectUnderTest([
            "a.yaml": """
            services:
              a: { command: [\(BuiltProducts.fixtureService), lines=1000000, interval=1], restart: on-failure }
              b: { command: [\(BuiltProducts.fixtureService), grandchild=1, ignore-term=1], stop_grace_period: 200ms }
            """
        ])
    }

    @Test func `a killed daemon comes back by itself and adopts the same processes`() async throws {
        let project = try project()
        try await project.expect(0, "up")
        let before = try await project.pid("a")
        let daemon = try #require(project.daemonPID)
        kill(daemon, SIGKILL)
        #expect(Processes.waitForEnd(daemon))
        try await project.expect(0, "wait", "a", "--for", "running", "--timeout", "20s")
        #expect(try await project.pid("a") == before)
        #expect(project.daemonPID != daemon)
        try await project.expect(0, "up")
        #expect(try await project.pid("a") == before)
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `without daemon and shim of the daemon, status is true and down still leaves nothing`() async throws {
        let project = try project()
        try await project.expect(0, "up")
        let pid = try await project.pid("a")
        let daemon = try #require(project.daemonPID)
        project.killDaemonAndItsShim()
        #expect(Processes.waitForEnd(daemon))
        #expect(Processes.isAlive(pid))
        #expect(try await project.pid("a") == pid)
        kill(pid, SIGKILL)
        #expect(Processes.waitForEnd(pid))
        var state = "running"
        while state == "running" {
            state = try await project.status().first { $0["service"] as? String == "a" }?["state"] as? String ?? "?"
        }
        #expect(state == "exited")
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `a daemon killed in the middle of down leaves the rest to the next`() async throws {
        let project = try project()
        try await project.expect(0, "up")
        async let down = project.msctl("down")
        let daemon = try #require(project.daemonPID)
        kill(daemon, SIGKILL)
        let first = try await down
        if first.code != 0 { try await project.expect(0, "down") }
        project.expectNothingLeft()
    }

    @Test func `no numbered line is missing or doubled after the daemon was killed`() async throws {
        let project = try project()
        try await project.expect(0, "up")
        for _ in 0..<3 {
            if let daemon = project.daemonPID {
                kill(daemon, SIGKILL)
                _ = Processes.waitForEnd(daemon)
            }
            try await project.expect(0, "wait", "a", "--for", "running", "--timeout", "20s")
        }
        try await project.expect(0, "down")
        let logs = try await project.expect(0, "logs", "a", "--tail", "all", "--format", "raw")
        let numbers = logs.output.split(separator: "\n").compactMap { line in
            line.split(separator: "\"number\":").last.flatMap { Int($0.dropLast()) }
        }
        #expect(!numbers.isEmpty)
        #expect(numbers == Array(1...max(1, numbers.count)))
    }

    @Test func `two projects run side by side and do not touch each other`() async throws {
        let first = try project()
        let second = try project()
        try await first.expect(0, "up")
        try await second.expect(0, "up")
        let pid = try await second.pid("a")
        try await first.expect(0, "down")
        first.expectNothingLeft()
        #expect(try await second.pid("a") == pid)
        try await second.expect(0, "down")
        second.expectNothingLeft()
    }

    @Test func `stop, start and restart do what they say`() async throws {
        let project = try project()
        try await project.expect(0, "up")
        let pid = try await project.pid("a")
        try await project.expect(0, "stop", "a")
        #expect(!Processes.isAlive(pid))
        let stopped = try await project.status().first { $0["service"] as? String == "a" }
        #expect(stopped?["state"] as? String == "stopped")
        try await project.expect(0, "start", "a")
        let next = try await project.pid("a")
        try await project.expect(0, "restart", "a")
        #expect(try await project.pid("a") != next)
        #expect(!Processes.isAlive(next))
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }
}

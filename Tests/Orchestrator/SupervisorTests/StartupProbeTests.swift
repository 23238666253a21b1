import Manifest
import StateDirectory
import Supervisor
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct StartupProbeTests {
    private func quick(_ check: Probe.Check, retries: Int = 2) -> Probe {
        var probe = Probe(check: check)
        probe.interval = .milliseconds(20)
        probe.retries = retries
        return probe
    }

    @Test func `readiness is asked only after the startup probe has passed`() async throws {
        let stack = try Stack()
        let mark = stack.directory.path.appending("up").string
        let service = stack.service("a", "say=ready") {
            $0.startup = quick(.exec(["test", "-e", mark]), retries: 10_000)
            $0.healthcheck = Probe(check: .log("ready"))
        }
        try await stack.up(service)
        let early = try await stack.wait(for: "a", "asked") { $0.probe?.outcome == .failed }
        #expect(early.state == .starting)
        #expect(early.awaits == .startup)
        _ = try stack.directory.file("up", "")
        let late = try await stack.wait(for: "a", "healthy") { $0.health == .healthy }
        #expect(late.run == 1)
        try await stack.down()
    }

    @Test func `a service that does not start up is restarted and says why`() async throws {
        let stack = try Stack()
        let service = stack.service("a") {
            $0.startup = quick(.exec(["false"]))
            $0.restart = RestartPolicy(condition: .onFailure)
        }
        try await stack.up(service)
        let status = try await stack.wait(for: "a", "restarted") { $0.restarts >= 2 && $0.state == .backoff }
        #expect(status.reason?.hasPrefix("startup failed: false: exited with code 1") == true)
        try await stack.down()
    }

    @Test func `the next daemon goes on with the startup probe`() async throws {
        let first = try Stack()
        let mark = first.directory.path.appending("up").string
        let service = first.service("a") {
            $0.startup = quick(.exec(["test", "-e", mark]), retries: 10_000)
            $0.liveness = Probe(check: .exec(["true"]))
        }
        try await first.up(service)
        let before = try await first.wait(for: "a", "asked") { $0.probe?.outcome == .failed }
        await first.writer.flush()
        first.kill()
        let second = try await Stack(adopting: first)
        let between = try await second.wait(for: "a", "adopted") { $0.awaits == .startup }
        #expect(between.state == .starting)
        _ = try first.directory.file("up", "")
        let after = try await second.wait(for: "a", "running") { $0.state == .running }
        #expect(after.pid == before.pid)
        try await second.down()
    }
}

import Manifest
import StateDirectory
import Supervisor
import Testing

@Suite struct ProbeTallyTests {
    private func report(_ outcome: ProbeReport.Outcome, _ milliseconds: Double) -> ProbeReport {
        ProbeReport(time: 0, outcome: outcome, latencyMilliseconds: milliseconds, detail: "")
    }

    @Test func `an answer is counted in one bucket, its bound included, and a failure as one`() {
        var tally = ProbeTally()
        tally.add(report(.passed, 0.25))
        tally.add(report(.passed, 1))
        tally.add(report(.wrongStatus, 1.01))
        tally.add(report(.timedOut, 60_000))
        #expect(tally.buckets == [2, 1, 0, 0, 0, 0, 0, 0, 1])
        #expect(tally.answers == 4)
        #expect(tally.failures == 2)
        #expect(tally.seconds == 60.002_26)
    }

    @Test func `each answer of an instance's probes is told, across its runs`() async throws {
        let stack = try Stack()
        let service = stack.service("a", "http=1", "healthy-after=2") {
            $0.ports = [.auto]
            $0.restart = RestartPolicy(condition: .always)
            $0.healthcheck = Probe(check: .http(path: "/", headers: [:], expectedStatuses: 200...299))
        }
        try await stack.up(service)
        try await stack.wait(for: "a", "healthy") { $0.health == .healthy }
        let reading = try #require(await stack.supervisor.readings().first)
        let tally = try #require(reading.probes[.readiness])
        #expect(reading.hasHealth)
        #expect(reading.status.health == .healthy)
        #expect(tally.failures >= 2)
        #expect(tally.answers > tally.failures)
        _ = try await stack.supervisor.kill(services: ["a"], signal: 9)
        try await stack.wait(for: "a", "healthy again") { $0.run == 2 && $0.health == .healthy }
        let later = try #require(await stack.supervisor.readings().first?.probes[.readiness])
        #expect(later.answers > tally.answers)
        #expect(later.failures >= tally.failures + 2)
        try await stack.down()
        #expect(await stack.supervisor.readings().isEmpty)
    }
}

import CLinux
import Foundation
import StateDirectory
import TestSupport
import Testing

/// The daemon is killed in each phase of a replacement: the next one finishes it, and a client that never stops asking
/// always finds as many instances as before.
@Suite(.timeLimit(.minutes(3)), .serialized) struct RolloutFaultTests {
    private func manifest(_ version: Int, _ arguments: String = "") -> String {
        """
        services:
          web:
            command: [\(BuiltProducts.fixtureService), http=1, listen-after=150, lines=1000000, interval=5\(arguments)]
            environment: { VERSION: "\(version)" }
            ports: [auto]
            healthcheck: { http: /health, interval: 200ms, timeout: 10s, retries: 3 }
            stop_grace_period: 5s
            deploy: { replicas: 2, update_config: { order: start-first, delay: 400ms } }
        """
    }

    enum Moment: String, CaseIterable {
        case surging, replacingFirst, replacingSecond, settling

        func isNow(_ phase: Rollout.Phase) -> Bool {
            switch (self, phase) {
            case (.surging, .surging), (.settling, .settling): true
            case (.replacingFirst, .replacing(let id)): id.replica == 1
            case (.replacingSecond, .replacing(let id)): id.replica == 2
            default: false
            }
        }
    }

    @Test(arguments: Moment.allCases)
    func `a daemon killed in a phase of a replacement costs no capacity`(moment: Moment) async throws {
        let project = try ProjectUnderTest(["a.yaml": manifest(1)])
        try await project.expect(0, "up")
        let audit = ProjectAudit(project)
        #expect(try audit.settle())
        let watch = ReadyWatch("web", of: project.layout)
        try project.add("a.yaml", manifest(2))
        let daemon = try #require(project.daemonPID)
        let up = try project.start(["up"])
        while try !project.reader.rollouts().contains(where: { moment.isNow($0.phase) }) { usleep(500) }
        kill(daemon, SIGKILL)
        let result = try await up.result()
        #expect(result.code == 0, "\(result)")
        #expect(try audit.settle())
        let seen = watch.end()
        #expect(seen.least >= 2, "of 2 instances \(seen.least) answered")
        #expect(seen.silent.isEmpty, "listed, and did not answer: \(seen.silent)")
        #expect(seen.rounds > 10)
        let statuses = try project.reader.statuses()
        #expect(statuses.map(\.instance.replica) == [1, 2])
        #expect(statuses.map(\.run) == [2, 2])
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `a daemon killed again and again during a replacement still finishes it`() async throws {
        let project = try ProjectUnderTest(["a.yaml": manifest(1)])
        try await project.expect(0, "up")
        let audit = ProjectAudit(project)
        #expect(try audit.settle())
        let watch = ReadyWatch("web", of: project.layout)
        try project.add("a.yaml", manifest(2))
        let up = try project.start(["up"])
        var kills = 0
        while kills < 8, !up.ends(within: 350) {
            guard let daemon = project.daemonPID else { continue }
            kill(daemon, SIGKILL)
            kills += 1
        }
        let result = try await up.result()
        #expect(result.code == 0, "after \(kills) kills: \(result)")
        #expect(try audit.settle())
        let seen = watch.end()
        #expect(seen.least >= 2, "of 2 instances \(seen.least) answered")
        #expect(try project.reader.statuses().map(\.run) == [2, 2])
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `a replacement that never becomes ready leaves the old ones alone, whoever is killed`() async throws {
        let project = try ProjectUnderTest(["a.yaml": manifest(1)])
        try await project.expect(0, "up")
        let audit = ProjectAudit(project)
        #expect(try audit.settle())
        let before = try project.reader.statuses().map(\.pid)
        let watch = ReadyWatch("web", of: project.layout)
        try project.add("a.yaml", manifest(2, ", status=500"))
        let daemon = try #require(project.daemonPID)
        let up = try project.start(["up"])
        while try !project.reader.rollouts().contains(where: { Moment.surging.isNow($0.phase) }) { usleep(500) }
        kill(daemon, SIGKILL)
        let result = try await up.result()
        #expect(result.code != 0, "\(result)")
        #expect(result.errors.contains("500"))
        while try project.reader.statuses().count > 2 { usleep(1_000) }
        #expect(try audit.settle())
        let seen = watch.end()
        #expect(seen.least >= 2, "of 2 instances \(seen.least) answered")
        #expect(try project.reader.statuses().map(\.pid) == before)
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }
}

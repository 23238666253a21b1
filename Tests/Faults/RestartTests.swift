import CLinux
import Foundation
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// Restart policies with real processes and real time. Pauses are never shorter than they should be; how much longer is the
/// machine's business, within reason.
@Suite(.timeLimit(.minutes(3))) struct RestartTests {
    private static let fixture = BuiltProducts.fixtureService

    /// Waits for a state, which the tests' time limit bounds.
    @discardableResult
    private func wait(
        _ project: ProjectUnderTest, _ instance: String = "a.1", until matches: (InstanceStatus) -> Bool
    ) throws -> InstanceStatus {
        while true {
            if let status = try project.status(of: instance), matches(status) { return status }
            usleep(2_000)
        }
    }

    /// When each run started, in ms, by the service's own clock.
    private func starts(_ project: ProjectUnderTest) throws -> [Int] {
        try String(contentsOfFile: project.path.appending("stamp").string, encoding: .utf8)
            .split(separator: "\n").compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
            .map { $0 / 1_000_000 }
    }

    private func ends(_ project: ProjectUnderTest, _ count: Int) -> [Int] {
        (1...count).compactMap { run in
            project.layout.run(run, of: InstanceID(service: "a", replica: 1)).exit.map { Int($0.time) }
        }
    }

    @Test func `the first restart comes at once, then the pause doubles to its maximum, and the budget ends it`()
        async throws
    {
        let project = try ProjectUnderTest([
            "a.yaml": """
            services:
              a:
                command: [\(Self.fixture), "stamp=../stamp", exit-after=1, code=3]
                working_dir: manifests
                deploy:
                  restart_policy: { condition: on-failure, delay: 200ms, max_delay: 800ms, max_attempts: 6, window: 120s }
            """
        ])
        // Without a probe it may be called up before it has ended, so the command's own verdict is a race.
        _ = try await project.msctl("up")
        let status = try wait(project) { $0.state == .crashLooping }
        #expect(status.reason == "exited with code 3 after 6 restarts; given up")
        #expect(status.restarts == 6)
        let starts = try starts(project)
        let ends = ends(project, 7)
        #expect(starts.count == 7)
        let pauses = zip(starts.dropFirst(), ends).map { $0 - $1 }
        print("pauses before each restart, in ms: \(pauses)")
        // A quarter of jitter either way; exit records have whole milliseconds.
        for (pause, expected) in zip(pauses, [0, 200, 400, 800, 800, 800]) {
            #expect(pause >= expected * 3 / 4 - 1)
            #expect(pause <= expected * 5 / 4 + 2_000)
        }
        #expect(pauses[0] < 150 || pauses[0] < pauses[1], "the first restart was not at once")
        try await project.expect(0, "down")
    }

    @Test func `a stable run forgives what was before it`() async throws {
        // The first two runs fail at once, the third after it counts as stable.
        let script = """
            n=$$(cat n 2>/dev/null || echo 0); echo $$((n + 1)) > n; \
            [ $$n -lt 2 ] && exit 1; [ $$n = 2 ] && { sleep 10.2; exit 1; }; exec sleep 1000
            """
        let project = try ProjectUnderTest([
            "a.yaml": """
            services:
              a:
                command: [/bin/sh, -c, '\(script)']
                deploy: { restart_policy: { condition: on-failure, delay: 10ms, max_attempts: 2, window: 120s } }
            """
        ])
        _ = try await project.msctl("up")
        let status = try wait(project) { $0.run == 4 && $0.state == .running || $0.state == .crashLooping }
        #expect(status.state == .running)
        #expect(status.restarts == 3)
        try await project.expect(0, "down")
    }

    @Test func `success exit codes are no failure, and dependents that wait for completion start`() async throws {
        let project = try ProjectUnderTest([
            "a.yaml": """
            services:
              a: { command: [\(Self.fixture), exit-after=20, code=42], restart: on-failure, success_exit_codes: [42] }
              b:
                command: [\(Self.fixture)]
                depends_on: { a: { condition: service_completed_successfully } }
            """
        ])
        try await project.expect(0, "up")
        let status = try #require(try project.status(of: "a.1"))
        #expect(status.state == .exited)
        #expect(status.run == 1)
        #expect(status.exit == .code(42))
        #expect(try project.state("b.1") == .running)
        try await project.expect(0, "down")
    }

    @Test func `restarts by hand do not count`() async throws {
        let project = try ProjectUnderTest([
            "a.yaml": """
            services:
              a:
                command: [\(Self.fixture)]
                deploy: { restart_policy: { condition: on-failure, delay: 10ms, max_attempts: 1, window: 120s } }
            """
        ])
        try await project.expect(0, "up")
        for _ in 0..<4 { try await project.expect(0, "restart", "a") }
        #expect(try project.status(of: "a.1")?.restarts == 0)
        #expect(try project.status(of: "a.1")?.run == 5)
        kill(try await project.pid("a"), SIGKILL)
        let status = try wait(project) { $0.run == 6 && $0.state == .running || $0.state == .crashLooping }
        #expect(status.state == .running, "the budget of one was used up by hand")
        #expect(status.restarts == 1)
        kill(try await project.pid("a"), SIGKILL)
        try wait(project) { $0.state == .crashLooping }
        try await project.expect(0, "restart", "a")
        #expect(try project.status(of: "a.1")?.restarts == 0)
        try await project.expect(0, "down")
    }

    @Test func `the next start goes by the manifest of that moment`() async throws {
        let manifest = "services: { a: { command: [\(Self.fixture), \"say=WORD\"], restart: on-failure } }"
        let project = try ProjectUnderTest(["a.yaml": manifest.replacing("WORD", with: "one")])
        try await project.expect(0, "up")
        try project.add("a.yaml", manifest.replacing("WORD", with: "two"))
        kill(try await project.pid("a"), SIGKILL)
        try wait(project) { $0.run == 2 && $0.state == .running }
        try project.add("a.yaml", manifest.replacing("WORD", with: "three"))
        try await project.expect(0, "restart", "a")
        try project.add("a.yaml", manifest.replacing("WORD", with: "four"))
        try await project.expect(0, "stop", "a")
        try await project.expect(0, "start", "a")
        try await project.expect(0, "down")
        let said = try (1...4).map { run in
            let log = project.layout.run(run, of: InstanceID(service: "a", replica: 1)).standardOutput
            return String(decoding: try AtomicFile.read(log) ?? [], as: UTF8.self)
        }
        #expect(said == ["one\n", "two\n", "three\n", "four\n"])
    }

    @Test func `a daemon killed in a pause neither shortens the budget nor forgets the restart`() async throws {
        let project = try ProjectUnderTest([
            "a.yaml": """
            services:
              a:
                command: [\(Self.fixture), exit-after=1, code=3]
                deploy: { restart_policy: { condition: on-failure, delay: 1s, max_attempts: 3, window: 120s } }
            """
        ])
        let up = try project.start(["up"])
        for restarts in 1...3 {
            try wait(project) { $0.restarts >= restarts }
            if let daemon = project.daemonPID { kill(daemon, SIGKILL) }
        }
        let status = try wait(project) { $0.state == .crashLooping }
        #expect(status.restarts == 3)
        #expect(status.run == 4)
        _ = try await up.result()
        try await project.expect(0, "down")
    }
}

import CLinux
import Foundation
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// Commands that change what runs: scale, kill, stop and restart of instances, dry runs, replacements.
@Suite(.timeLimit(.minutes(3))) struct ChangeTests {
    private let fixture = BuiltProducts.fixtureService

    private func project(_ replicas: Int = 1, _ more: String = "") throws -> ProjectUnderTest {
        let project = try ProjectUnderTest([:])
        try write(project, replicas, more)
        return project
    }

    private func write(_ project: ProjectUnderTest, _ replicas: Int, _ arguments: String) throws {
        try project.add(
            "a.yaml",
            """
            name: changing
            services:
              web:
                command: [\(fixture), http=1\(arguments)]
                ports: [auto]
                healthcheck: { http: /health, interval: 50ms, retries: 2 }
                restart: on-failure
                deploy: { replicas: \(replicas) }
              job: { command: [\(fixture), exit-after=1] }
            """)
    }

    private func names(_ project: ProjectUnderTest) async throws -> [String] {
        try await project.status().compactMap { $0["instance"] as? String }
    }

    private func row(_ project: ProjectUnderTest, _ instance: String) async throws -> [String: Any] {
        try #require(try await project.status().first { $0["instance"] as? String == instance })
    }

    @Test func `scale waits until the new are ready and the surplus is gone`() async throws {
        let project = try project()
        try await project.expect(3, "scale", "web=2")
        try await project.expect(0, "up")
        let first = try await project.pid("web")
        let more = try await project.expect(0, "scale", "web=3", "--format", "json")
        #expect(more.output.contains("\"msctl.status/1\""))
        #expect(try await names(project) == ["job.1", "web.1", "web.2", "web.3"])
        #expect(
            try await project.status().allSatisfy {
                $0["health"] as? String == "healthy" || $0["service"] as? String == "job"
            })
        let same = try await project.expect(0, "scale", "web=3")
        #expect(same.errors.contains("nothing to do"))
        try await project.expect(0, "scale", "web=1")
        #expect(try await names(project) == ["job.1", "web.1"])
        #expect(try await project.pid("web") == first)
        try await project.expect(0, "scale", "web=0")
        #expect(try await names(project) == ["job.1"])
        let wrong = try await project.expect(64, "scale", "wbe=2")
        #expect(wrong.errors.contains("did you mean 'web'?"))
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `up takes its own numbers, and the manifest's without them`() async throws {
        let project = try project()
        try await project.expect(0, "up", "--scale", "web=2")
        #expect(try await names(project) == ["job.1", "web.1", "web.2"])
        try await project.expect(64, "up", "--scale", "no=2")
        try await project.expect(0, "up")
        #expect(try await names(project) == ["job.1", "web.1"])
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `kill sends a signal to services and instances and leaves the rest to their policy`() async throws {
        let project = try project(2)
        try await project.expect(3, "kill", "web")
        try await project.expect(0, "up")
        let before = try await row(project, "web.2")
        let killed = try await project.expect(0, "kill", "web.2", "--format", "json")
        #expect(killed.output.contains("\"web.2\"") && killed.output.contains("\"signal\" : 9"))
        while try await row(project, "web.2")["restarts"] as? Int != 1 { usleep(1_000) }
        try await project.expect(0, "wait", "web", "--timeout", "60s")
        let after = try await row(project, "web.2")
        #expect(after["pid"] as? Int != before["pid"] as? Int)
        #expect((after["exit"] as? [String: Any])?["signal"] as? Int == 9)
        #expect(try await row(project, "web.1")["restarts"] as? Int == 0)
        try await project.expect(0, "kill", "-s", "SIGWINCH", "web")
        #expect(try await row(project, "web.2")["pid"] as? Int == after["pid"] as? Int)
        try await project.expect(64, "kill", "web", "--signal", "NOSUCH")
        try await project.expect(64, "kill", "web.9")
        let idle = try await project.expect(3, "kill", "job")
        #expect(idle.errors.contains("nothing of job is running"))
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `stop, restart, wait and logs take the names of instances`() async throws {
        let project = try project(2, ", say=hello")
        try await project.expect(0, "up")
        try await project.expect(0, "stop", "web.2")
        #expect(try await row(project, "web.2")["state"] as? String == "stopped")
        #expect(try await row(project, "web.1")["state"] as? String == "running")
        try await project.expect(0, "restart", "web.2")
        try await project.expect(0, "wait", "web.2", "--timeout", "60s")
        let run = try await row(project, "web.1")["run"] as? Int
        try await project.expect(0, "restart", "web.2")
        #expect(try await row(project, "web.1")["run"] as? Int == run)
        let logs = try await project.expect(0, "logs", "web.2", "--format", "raw")
        #expect(logs.output == "hello\n")
        try await project.expect(64, "stop", "web.7")
        try await project.expect(64, "wait", "web.7")
        try await project.expect(64, "restart", "web.7")
        try await project.expect(64, "down", "web.2")
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `a dry run tells what would be done and does nothing`() async throws {
        let project = try project(2)
        let first = try await project.expect(0, "up", "--dry-run")
        #expect(first.output.contains("web.2  start"))
        #expect(!FileManager.default.fileExists(atPath: project.layout.root.string))
        try await project.expect(0, "up")
        let same = try await project.expect(0, "up", "--dry-run", "--format", "json")
        let plan = try JSONSerialization.jsonObject(with: Data(same.output.utf8)) as? [String: Any]
        #expect(plan?["schema"] as? String == "msctl.plan/1")
        let changes = plan?["changes"] as? [[String: Any]] ?? []
        #expect(changes.compactMap { $0["instance"] as? String } == ["web.1", "web.2", "job.1"])
        #expect(changes.allSatisfy { $0["action"] as? String == "none" || $0["service"] as? String == "job" })
        let before = try await project.status().compactMap { $0["pid"] as? Int }
        try write(project, 1, ", say=changed")
        let other = try await project.expect(0, "up", "--dry-run")
        #expect(other.output.contains("command changed"))
        #expect(other.output.contains("web.2  stop"))
        #expect(try await project.status().compactMap { $0["pid"] as? Int } == before)
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `a dry run tells what would be built`() async throws {
        let project = try ProjectUnderTest([
            "a.yaml": """
            services:
              a:
                build: { command: [sh, -c, "mkdir -p out; cp tool.sh out/tool; chmod +x out/tool"], context: src, output: out }
                command: [tool]
            """
        ])
        try project.file("src/tool.sh", "#!/bin/sh\nexec sleep 1000\n")
        let first = try await project.expect(0, "up", "--dry-run", "--format", "json")
        let plan = try JSONSerialization.jsonObject(with: Data(first.output.utf8)) as? [String: Any]
        #expect((plan?["builds"] as? [[String: Any]])?.first?["services"] as? [String] == ["a"])
        try await project.expect(0, "up")
        #expect(try await !project.expect(0, "up", "--dry-run").output.contains("build"))
        try project.file("src/tool.sh", "#!/bin/sh\nexec sleep 1001\n")
        let changed = try await project.expect(0, "up", "--dry-run").output
        #expect(changed.contains("build") && changed.contains("replaced if the build changes its program"))
        #expect(try await !project.expect(0, "up", "--dry-run", "--no-build").output.contains("build"))
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `a replacement that works tells its steps, one that does not leaves the old ones serving`() async throws
    {
        let project = try project(2)
        try await project.expect(0, "up")
        let restarted = try await project.expect(0, "restart", "web")
        #expect(restarted.errors.contains("replacing web.1 (1 of 2)"))
        #expect(restarted.errors.contains("replacing web.2 (2 of 2)"))
        #expect(restarted.errors.contains("web    replaced"))
        let before = try await project.status().filter { $0["service"] as? String == "web" }.compactMap {
            $0["pid"] as? Int
        }
        #expect(before.count == 2)
        try write(project, 2, ", status=500, \"say=cannot serve\"")
        let failed = try await project.expect(1, "up")
        #expect(failed.errors.contains("web was not replaced"))
        #expect(failed.errors.contains("status 500"))
        #expect(failed.errors.contains("cannot serve"))
        #expect(failed.errors.contains("web.1, web.2 go on serving as before"))
        let after = try await project.status().filter { $0["service"] as? String == "web" }.compactMap {
            $0["pid"] as? Int
        }
        #expect(after == before)
        // What fails before anybody watches fails the command all the same.
        let program = try project.file("broken", "no program")
        try project.add("b.yaml", "services: { web: { command: [\(program)] } }")
        let unstarted = try await project.expect(1, "up")
        #expect(unstarted.errors.contains("web was not replaced"))
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }
}

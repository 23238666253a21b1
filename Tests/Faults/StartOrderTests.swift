import CLinux
import Foundation
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// Compose's conditions, as a person sees them.
@Suite(.timeLimit(.minutes(3))) struct StartOrderTests {
    private static let fixture = BuiltProducts.fixtureService
    private static let probe = "{ http: /health, interval: 200ms, timeout: 10s, retries: 10 }"

    @Test func `each condition is waited for, and the chain stops in reverse`() async throws {
        let project = try ProjectUnderTest([
            "a.yaml": """
            services:
              top:
                command: [\(Self.fixture), "stamp=../stamp", term-delay=30]
                working_dir: manifests
                depends_on: { middle: { condition: service_started } }
              middle:
                command: [\(Self.fixture), "stamp=../stamp", http=1, healthy-after=3, term-delay=30]
                working_dir: manifests
                ports: [auto]
                healthcheck: \(Self.probe)
                depends_on: { base: { condition: service_healthy }, job: { condition: service_completed_successfully } }
              base:
                command: [\(Self.fixture), "stamp=../stamp", http=1, listen-after=100, term-delay=30]
                working_dir: manifests
                ports: [auto]
                healthcheck: \(Self.probe)
              job:
                command: [\(Self.fixture), "stamp=../stamp", exit-after=100]
                working_dir: manifests
                depends_on: [base]
            """
        ])
        try await project.expect(0, "up")
        let stamp = try String(contentsOfFile: project.path.appending("stamp").string, encoding: .utf8)
        let started = stamp.split(separator: "\n").map { String($0.prefix { $0 != " " }) }
        #expect(started == ["base.1", "job.1", "middle.1", "top.1"])
        // `service_started` does not wait for health, the other two wait for all of it.
        let job = try #require(end(project, "job"))
        let middle = try #require(time(stamp, "middle.1"))
        #expect(middle >= job)
        try await project.expect(0, "down")
        let ends = ["top", "middle", "base"].compactMap { end(project, $0) }
        #expect(ends.count == 3)
        #expect(ends == ends.sorted())
    }

    @Test func `who is skipped says why, down the chain`() async throws {
        let project = try ProjectUnderTest([
            "a.yaml": """
            services:
              job: { command: [\(Self.fixture), exit-after=1, code=5] }
              a: { command: [sleep, "1000"], depends_on: { job: { condition: service_completed_successfully } } }
              b: { command: [sleep, "1000"], depends_on: { a: { condition: service_started } } }
              c: { command: [sleep, "1000"] }
            """
        ])
        let up = try await project.expect(1, "up")
        #expect(up.errors.contains("job failed"))
        while try project.state("c.1") != .running { usleep(1_000) }
        #expect(try project.status(of: "a.1")?.reason == "job failed")
        while try project.state("b.1") != .skipped { usleep(1_000) }
        #expect(try project.status(of: "b.1")?.reason == "a is skipped")
        let table = try await project.expect(0, "status")
        #expect(table.output.contains("job failed"))
        #expect(try project.status(of: "b.1")?.run == 0)
        try await project.expect(0, "down")
    }

    @Test func `what is not required may fail`() async throws {
        let project = try ProjectUnderTest([
            "a.yaml": """
            services:
              job: { command: [\(Self.fixture), exit-after=1, code=5] }
              a:
                command: [sleep, "1000"]
                depends_on: { job: { condition: service_completed_successfully, required: false } }
            """
        ])
        try await project.expect(1, "up")
        while try project.state("a.1") != .running { usleep(1_000) }
        try await project.expect(0, "down")
    }

    @Test func `a replaced dependency takes along who asked for it, and nobody else`() async throws {
        let manifest = """
            services:
              base: { command: [\(Self.fixture)], environment: { VERSION: "1" } }
              follows: { command: [\(Self.fixture)], depends_on: { base: { condition: service_started, restart: true } } }
              follows-that:
                command: [\(Self.fixture)]
                depends_on: { follows: { condition: service_started, restart: true } }
              stays: { command: [\(Self.fixture)], depends_on: { base: { condition: service_started } } }
            """
        let project = try ProjectUnderTest(["a.yaml": manifest])
        try await project.expect(0, "up")
        try await project.expect(0, "restart", "base")
        let audit = ProjectAudit(project)
        #expect(try audit.settle())
        #expect(try runs(project) == ["base.1/2", "follows-that.1/2", "follows.1/2", "stays.1/1"])
        try project.add("a.yaml", manifest.replacing("\"1\"", with: "\"2\""))
        try await project.expect(0, "up")
        #expect(try audit.settle())
        #expect(try runs(project) == ["base.1/3", "follows-that.1/3", "follows.1/3", "stays.1/1"])
        // A crash is no replacement.
        kill(try await project.pid("base"), SIGKILL)
        #expect(try audit.settle())
        #expect(try project.status(of: "follows.1")?.run == 3)
        try await project.expect(0, "down")
    }

    private func runs(_ project: ProjectUnderTest) throws -> [String] {
        try project.reader.statuses().map { "\($0.instance)/\($0.run)" }.sorted()
    }

    /// When its first run ended, ms since 1970.
    private func end(_ project: ProjectUnderTest, _ service: String) -> Int64? {
        project.layout.run(1, of: InstanceID(service: service, replica: 1)).exit?.time
    }

    private func time(_ stamp: String, _ instance: String) -> Int64? {
        stamp.split(separator: "\n").first { $0.hasPrefix(instance + " ") }?.split(separator: " ").last
            .flatMap { Int64($0) }.map { $0 / 1_000_000 }
    }
}

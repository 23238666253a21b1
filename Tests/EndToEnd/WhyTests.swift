import Foundation
import StateDirectory
import TestSupport
import Testing

/// Causes as people meet them, in projects that are really ill.
@Suite(.timeLimit(.minutes(3))) struct WhyTests {
    private let fixture = BuiltProducts.fixtureService

    @Test func `a service that waits is explained by what crashes under it`() async throws {
        let project = try ProjectUnderTest([
            "a.yaml": """
            services:
              db:
                command: [\(fixture), "say=cannot open the database", exit-after=5, code=3]
                healthcheck: { test: [CMD, "false"], start_period: 60s }
                deploy: { restart_policy: { condition: on-failure, max_attempts: 3, window: 60s, delay: 10ms } }
              api: { command: [sleep, "1000"], depends_on: { db: { condition: service_healthy } } }
            """
        ])
        try await project.expect(3, "why")
        try await project.expect(1, "up")
        let why = try await project.expect(0, "why", "api")
        #expect(why.output.contains("api.1 was not started: db.1 is crash-looping (exit code 3 after "), "\(why)")
        #expect(why.output.contains("3 restarts in 60 s"))
        #expect(why.output.contains("last line: cannot open the database"))
        #expect(why.output.contains("next: msctl logs db.1 --run last"))
        try await project.expect(0, "logs", "db.1", "--run", "last")
        try await project.expect(0, "down")
    }

    @Test func `where all is well nothing is wrong, and a missing program is named`() async throws {
        let project = try ProjectUnderTest(["a.yaml": "services: { a: { command: [sleep, \"1000\"] } }"])
        try await project.expect(0, "up")
        #expect(try await project.expect(0, "why").output == "nothing is wrong\n")
        #expect(try await project.expect(0, "why", "a").output.hasPrefix("a.1 is well: running for "))
        try await project.expect(64, "why", "b")
        try project.add("b.yaml", "services: { b: { command: [no-such-program] } }")
        try await project.expect(1, "up")
        let why = try await project.expect(0, "why")
        #expect(why.output.hasPrefix("b.1 could not be started (there is no program 'no-such-program'"), "\(why)")
        #expect(!why.output.contains("a.1"))
        try await project.expect(0, "down")
    }
}

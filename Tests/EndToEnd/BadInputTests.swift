import CLinux
import Foundation
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// What people get wrong, each with what msctl says of it.
@Suite(.timeLimit(.minutes(3))) struct BadInputTests {
    private let fixture = BuiltProducts.fixtureService

    @Test func `a manifest's mistakes are named all at once, with their places`() async throws {
        let project = try ProjectUnderTest([
            "a.yaml": """
            services:
              a:
                comand: [sleep, "1"]
                restart: sometimes
              b:
                command: [sleep, "1"]
                depends_on: [c]
            """
        ])
        let result = try await project.expect(78, "up")
        #expect(result.errors.contains("manifests/a.yaml:3:5"))
        #expect(result.errors.contains("command"))
        #expect(result.errors.contains("manifests/a.yaml:4:"))
        #expect(result.errors.contains("manifests/a.yaml:7:"))
        try await project.expect(78, "config", "--check")
        project.expectNothingLeft()
    }

    @Test func `a cycle and two services on one port are refused`() async throws {
        let project = try ProjectUnderTest([
            "a.yaml": """
            services:
              a: { command: [sleep, "1"], depends_on: [b], ports: ["8123"] }
              b: { command: [sleep, "1"], depends_on: [a], ports: ["8123"] }
            """
        ])
        let result = try await project.expect(78, "up")
        #expect(result.errors.contains("8123"))
        #expect(result.errors.contains("a → b → a") || result.errors.contains("b → a → b"))
    }

    @Test func `no manifests at all says where they were looked for`() async throws {
        let project = try ProjectUnderTest([:])
        let result = try await project.expect(78, "up")
        #expect(result.errors.contains("manifests"))
    }

    @Test func `a program that does not exist fails with its name and skips its dependents`() async throws {
        let project = try ProjectUnderTest([
            "a.yaml": """
            services:
              a: { command: [no-such-program] }
              b: { command: [sleep, "1000"], depends_on: [a] }
            """
        ])
        let result = try await project.expect(1, "up")
        #expect((result.output + result.errors).contains("no-such-program"))
        #expect((result.output + result.errors).contains("a is failed"))
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `a held port is named with its holder`() async throws {
        let port = FreePort.choose()
        let holder = try SpawnedProcess(
            fixture, ["http=1"], environment: ["PORT": String(port), "PATH": "/usr/bin:/bin"])
        defer {
            holder.send(SIGKILL)
            holder.wait()
        }
        let project = try ProjectUnderTest([
            "a.yaml": "services: { a: { command: [\(fixture), http=1], ports: [\"\(port)\"] } }"
        ])
        while !listens(port) { sched_yield() }
        let result = try await project.expect(1, "up")
        #expect((result.output + result.errors).contains("port \(port) is held by process \(holder.pid)"))
        try await project.expect(0, "down")
    }

    @Test func `a service that never becomes healthy ends up with 75, its last answer and its last lines`() async throws
    {
        let project = try ProjectUnderTest([
            "a.yaml": """
            services:
              a:
                command: [\(fixture), http=1, status=500, "say=about to fail"]
                ports: [auto]
                healthcheck: { http: /health, interval: 50ms, retries: 2 }
            """
        ])
        let result = try await project.expect(75, "up")
        let said = result.output + result.errors
        #expect(said.contains("status 500"))
        #expect(said.contains("about to fail"))
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `up gives up after its wait timeout`() async throws {
        let project = try ProjectUnderTest([
            "a.yaml": """
            services:
              a:
                command: [\(fixture), hang=1]
                ports: [auto]
                healthcheck: { http: /health, interval: 5s, timeout: 5s, start_period: 60s }
            """
        ])
        try await project.expect(75, "up", "--wait-timeout", "500ms")
        try await project.expect(0, "down")
    }

    @Test func `a crash loop fails with its last lines`() async throws {
        let project = try ProjectUnderTest([
            "a.yaml": """
            services:
              a:
                command: [\(fixture), "say=cannot go on", exit-after=1, code=3]
                deploy: { restart_policy: { condition: on-failure, max_attempts: 2, window: 60s, delay: 10ms } }
                healthcheck: { test: [CMD, "false"] }
            """
        ])
        let result = try await project.expect(1, "up")
        let said = result.output + result.errors
        #expect(said.contains("crash-looping"))
        #expect(said.contains("cannot go on"))
        #expect(said.contains("exited with code 3"))
        try await project.expect(0, "down")
    }

    @Test func `commands without a daemon say so`() async throws {
        let project = try ProjectUnderTest(["a.yaml": "services: { a: { command: [sleep, \"1000\"] } }"])
        try await project.expect(3, "status")
        try await project.expect(3, "stop", "a")
        try await project.expect(3, "wait", "a", "--for", "healthy")
        try await project.expect(3, "product", "list")
        let down = try await project.expect(0, "down")
        #expect((down.output + down.errors).contains("nothing is running"))
        try await project.expect(64, "up", "--no-such-flag")
        try await project.expect(64, "no-such-command")
    }

    @Test func `a stale socket is no obstacle`() async throws {
        let project = try ProjectUnderTest(["a.yaml": "services: { a: { command: [sleep, \"1000\"] } }"])
        try await project.expect(0, "up")
        let daemon = try #require(project.daemonPID)
        project.killDaemonAndItsShim()
        #expect(Processes.waitForEnd(daemon))
        #expect(FileManager.default.fileExists(atPath: project.layout.controlSocket.string))
        try await project.expect(0, "up")
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    private func listens(_ port: UInt16) -> Bool {
        let descriptor = clinux_tcp_socket(0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

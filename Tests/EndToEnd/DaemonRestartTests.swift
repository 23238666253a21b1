import CLinux
import Foundation
import ProcessTable
import StateDirectory
import SystemPackage
import TestSupport
import Testing

/// The daemon is replaced or killed while services run: processes, runs, ports and connections stay.
@Suite(.timeLimit(.minutes(3))) struct DaemonRestartTests {
    private let port = FreePort.choose()

    private func project() throws -> ProjectUnderTest {
        try ProjectUnderTest([
            "web.yaml": """
            services:
              web:
                command: [\(BuiltProducts.fixtureService), http=1, listen-fds=1, listen-after=30]
                ports: ["\(port)"]
                sockets: { http: {} }
                restart: on-failure
              slow:
                command: [\(BuiltProducts.fixtureService), http=1, delay=2000]
                ports: [auto]
                healthcheck: { tcp: true, interval: 60s }
            """
        ])
    }

    private func row(_ service: String, _ project: ProjectUnderTest) async throws -> [String: Any] {
        try #require(try await project.status().first { $0["service"] as? String == service })
    }

    @Test func `daemon restart replaces the daemon and nothing else`() async throws {
        let project = try project()
        try await project.expect(0, "up")
        let before = try await project.status()
        let daemon = try #require(project.daemonPID)
        let shim = ShimProcesses(lock: project.layout.daemonShimLock)?.shim
        let slowPort = UInt16(try #require(try await row("slow", project)["port"] as? Int))
        // A question that is under way while the daemon changes.
        let answer = Task.detached { LoopbackClient(port: slowPort).ask() }
        try await project.expect(0, "daemon", "restart")
        #expect(project.daemonPID != daemon)
        #expect(!Processes.isAlive(daemon))
        #expect(ShimProcesses(lock: project.layout.daemonShimLock)?.shim == shim)
        #expect(await answer.value == .answered)
        let after = try await project.status()
        for key in ["pid", "run", "port", "restarts"] {
            #expect(before.map { $0[key] as? Int } == after.map { $0[key] as? Int })
        }
        // The socket is still msctl's: a crash refuses nobody.
        let pid = try await project.pid("web")
        kill(pid, SIGKILL)
        #expect(Processes.waitForEnd(pid))
        #expect(LoopbackClient(port: port).ask() == .answered)
        try await project.expect(0, "down")
        project.expectNothingLeft()
        #expect(LoopbackClient(port: port).ask() == .refused)
    }

    @Test func `a service that dies while the daemon is dead refuses nobody`() async throws {
        let project = try project()
        try await project.expect(0, "up", "web")
        for _ in 0..<3 {
            let pid = try await project.pid("web")
            let daemon = try #require(project.daemonPID)
            kill(daemon, SIGKILL)
            kill(pid, SIGKILL)
            #expect(Processes.waitForEnd(pid))
            #expect(LoopbackClient(port: port).ask() == .answered)
            try await project.expect(0, "wait", "web", "--for", "running", "--timeout", "20s")
        }
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `without daemon and shim the service keeps its socket, and the next run gets a new one`() async throws {
        let project = try project()
        try await project.expect(0, "up", "web")
        let pid = try await project.pid("web")
        let daemon = try #require(project.daemonPID)
        project.killDaemonAndItsShim()
        #expect(Processes.waitForEnd(daemon))
        #expect(LoopbackClient(port: port).ask() == .answered)
        try await project.expect(0, "up", "web")
        #expect(try await project.pid("web") == pid)
        try await project.expect(0, "restart", "web")
        #expect(try await project.pid("web") != pid)
        #expect(LoopbackClient(port: port).ask() == .answered)
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test func `daemon restart runs the msctld that is installed now`() async throws {
        let programs = TemporaryDirectory()
        for name in ["msctl", "msctld", "msctl-shim"] {
            try FileManager.default.copyItem(
                atPath: BuiltProducts.path(name).string, toPath: programs.path.appending(name).string)
        }
        let project = try project()
        let msctl = programs.path.appending("msctl").string
        func run(_ arguments: String...) async throws {
            let result = try await RunningCommand.run(
                msctl, arguments, directory: project.path,
                environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": project.path.string])
            #expect(result.code == 0, "\(result)")
        }
        try await run("up", "web")
        let pid = try await project.pid("web")
        // An upgrade in place: another file under the same name.
        let installed = programs.path.appending("msctld").string
        try FileManager.default.moveItem(atPath: installed, toPath: installed + ".old")
        try FileManager.default.copyItem(atPath: installed + ".old", toPath: installed)
        try await run("daemon", "restart")
        let daemon = try #require(project.daemonPID)
        #expect(ProcessTable.program(of: daemon) == installed)
        #expect(try await project.pid("web") == pid)
        // An upgrade beside the old one: another msctl has another msctld.
        try await project.expect(0, "daemon", "restart")
        let next = try #require(project.daemonPID)
        #expect(ProcessTable.program(of: next) == BuiltProducts.path("msctld").string)
        #expect(try await project.pid("web") == pid)
        try await project.expect(0, "down")
        project.expectNothingLeft()
    }

    @Test(.enabled(if: geteuid() == 0)) func `without cgroups an unmarked orphan of a killed shim is found, too`()
        async throws
    {
        let tag = "tag-\(UUID().uuidString)"
        let project = try ProjectUnderTest([
            "a.yaml": """
            services:
              a:
                command: [\(BuiltProducts.fixtureService), escape=1, "tag=\(tag)"]
                ready_on: { log: "escaped" }
                restart: on-failure
                stop_grace_period: 200ms
            """
        ])
        // The daemon sees a machine on which no cgroups are mounted.
        let script = """
            for point in $(awk '/ cgroup2 / { print $2 }' /proc/mounts); do umount -l $point; done
            exec \(BuiltProducts.path("msctl")) up
            """
        let result = try await RunningCommand.run(
            "/usr/bin/unshare", ["-m", "/bin/sh", "-c", script], directory: project.path,
            environment: ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"])
        #expect(result.code == 0, "\(result)")
        let instance = InstanceID(service: "a", replica: 1)
        let shim = try #require(project.layout.run(1, of: instance).processes?.shim)
        let old = Processes.tagged(tag)
        #expect(old.count >= 2)
        kill(shim, SIGKILL)
        while project.layout.run(2, of: instance).processes == nil { try await Task.sleep(for: .milliseconds(5)) }
        #expect(old.filter(Processes.isAlive).isEmpty)
        try await project.expect(0, "down")
        #expect(Processes.tagged(tag).isEmpty)
        project.expectNothingLeft()
    }
}

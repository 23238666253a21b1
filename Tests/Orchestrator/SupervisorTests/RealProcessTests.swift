import CLinux
import Foundation
import Manifest
import ProcessTable
import StateDirectory
import Supervisor
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct RealProcessTests {
    @Test func `a service runs under its shim with its output in the run's files`() async throws {
        let stack = try Stack()
        try await stack.up(stack.service("a", "say=hello") { $0.healthcheck = Probe(check: .log("hello")) })
        let status = try await stack.wait(for: "a", "running") { $0.state == .running }
        let pid = try #require(status.pid)
        #expect(ProcessTable.command(of: pid)?.contains("FixtureService") == true)
        let run = stack.layout.run(1, of: status.instance)
        #expect(run.isAlive)
        try await stack.down()
        #expect(!Processes.isAlive(pid))
        #expect(!run.isAlive)
        #expect(try AtomicFile.read(run.standardOutput) == Array("hello\n".utf8))
        #expect(run.exit?.status == .signal(15))
    }

    @Test func `a killed service is replaced at once and the restart is counted`() async throws {
        let stack = try Stack()
        try await stack.up(stack.service("a") { $0.restart = RestartPolicy(condition: .onFailure) })
        let first = try await stack.wait(for: "a", "running") { $0.state == .running }
        kill(try #require(first.pid), SIGKILL)
        let second = try await stack.wait(for: "a", "running again") { $0.state == .running && $0.run == 2 }
        #expect(second.restarts == 1)
        #expect(stack.layout.run(1, of: first.instance).exit?.status == .signal(9))
        try await stack.down()
    }

    @Test func `health comes from the service's own answer and widens what is known while it is not well`() async throws
    {
        let stack = try Stack()
        let service = stack.service("a", "http=1", "healthy-after=3") {
            $0.ports = [.fixed(FreePort.choose())]
            $0.healthcheck = Probe(check: .http(path: "/health", headers: [:], expectedStatuses: 200...299))
        }
        let updates = await stack.supervisor.watch()
        try await stack.up(service)
        for await case .changed(let early) in updates where early.probe?.outcome == .wrongStatus {
            #expect(early.state == .starting)
            #expect(early.probe?.detail.contains("503") == true)
            break
        }
        let late = try await stack.wait(for: "a", "healthy") { $0.health == .healthy }
        #expect(late.state == .running)
        #expect(try Endpoints.read(stack.layout).services["a"]?.count == 1)
        try await stack.down()
        #expect(try Endpoints.read(stack.layout).services["a"] == nil)
    }

    @Test func `a service that never becomes healthy says what its probe heard`() async throws {
        let stack = try Stack()
        let service = stack.service("a", "http=1", "status=500") {
            $0.ports = [.fixed(FreePort.choose())]
            var probe = Probe(check: .http(path: "/health", headers: [:], expectedStatuses: 200...299))
            probe.interval = .milliseconds(20)
            probe.retries = 2
            $0.healthcheck = probe
        }
        try await stack.up(service)
        let status = try await stack.wait(for: "a", "unhealthy") { $0.health == .unhealthy }
        #expect(status.settled)
        #expect(status.reason?.contains("status 500") == true)
        try await stack.down()
    }

    @Test func `a hanging endpoint is told apart from a refused one`() async throws {
        let stack = try Stack()
        func probed(_ name: String, _ argument: String) -> Service {
            stack.service(name, argument) {
                $0.ports = [.fixed(FreePort.choose())]
                var probe = Probe(check: .http(path: "/", headers: [:], expectedStatuses: 200...299))
                probe.timeout = .milliseconds(100)
                $0.healthcheck = probe
            }
        }
        try await stack.up(probed("deaf", "hang=1"), probed("closed", "say=nothing"))
        try await stack.wait(for: "deaf", "timed out") { $0.probe?.outcome == .timedOut }
        try await stack.wait(for: "closed", "refused") { $0.probe?.outcome == .refused }
        try await stack.down()
    }

    @Test func `tcp, exec and log line checks work as well as http`() async throws {
        let stack = try Stack()
        let tcp = stack.service("tcp", "http=1") {
            $0.ports = [.auto]
            $0.healthcheck = Probe(check: .tcp)
        }
        let exec = stack.service("exec") { $0.healthcheck = Probe(check: .exec(["test -n \"$SERVICE_NAME\""])) }
        let log = stack.service("log", "say=ready to serve 7") {
            $0.healthcheck = Probe(check: .log("ready to serve \\d"))
        }
        try await stack.up(tcp, exec, log)
        for name in ["tcp", "exec", "log"] {
            try await stack.wait(for: name, "healthy") { $0.health == .healthy }
        }
        try await stack.down()
    }

    @Test func `services start in order and stop in reverse`() async throws {
        let stack = try Stack()
        let stamp = stack.directory.path.appending("stamp").string
        func link(_ name: String, after: [String]) -> Service {
            stack.service(name, "http=1", "listen-after=20", "stamp=\(stamp)") {
                $0.ports = [.auto]
                $0.healthcheck = Probe(check: .tcp)
                $0.dependsOn = after.map { Dependency(service: $0, condition: .healthy) }
            }
        }
        try await stack.up(link("c", after: ["b"]), link("b", after: ["a"]), link("a", after: []))
        try await stack.wait(for: "c", "healthy") { $0.health == .healthy }
        let started = try String(contentsOfFile: stamp, encoding: .utf8).split(separator: "\n").map { $0.prefix(1) }
        #expect(started == ["a", "b", "c"])
        try await stack.down()
        let ends = ["c", "b", "a"].map {
            stack.layout.run(1, of: InstanceID(service: $0, replica: 1)).exit?.time ?? 0
        }
        #expect(ends == ends.sorted())
    }

    @Test func `a dependent of a failed service is skipped and names it`() async throws {
        let stack = try Stack()
        let bad = stack.service("bad") { $0.command = ["no-such-program-at-all"] }
        let next = stack.service("next") { $0.dependsOn = [Dependency(service: "bad")] }
        try await stack.up(bad, next)
        let failed = try await stack.wait(for: "bad", "failed") { $0.state == .failed }
        #expect(failed.reason?.contains("no-such-program-at-all") == true)
        let skipped = try await stack.wait(for: "next", "skipped") { $0.state == .skipped }
        #expect(skipped.reason == "bad is failed")
        try await stack.down()
    }

    @Test func `a port that another process holds is named with its holder`() async throws {
        let stack = try Stack()
        let port = FreePort.choose()
        let holder = clinux_tcp_socket(0)
        defer { close(holder) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(holder, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        listen(holder, 1)
        try await stack.up(stack.service("a", "http=1") { $0.ports = [.fixed(port)] })
        let status = try await stack.wait(for: "a", "failed") { $0.state == .failed }
        #expect(status.reason?.contains("port \(port) is held by process \(getpid())") == true)
        try await stack.down()
    }

    @Test func `up twice changes nothing and a changed service is replaced`() async throws {
        let stack = try Stack()
        let service = stack.service("a", "say=one")
        let other = stack.service("b")
        try await stack.up(service, other)
        let first = try await stack.wait(for: "a", "running") { $0.state == .running }
        let neighbour = try await stack.wait(for: "b", "running") { $0.state == .running }
        try await stack.up(service, other)
        #expect(await stack.supervisor.statuses().map(\.pid) == [first.pid, neighbour.pid])
        try await stack.up(stack.service("a", "say=two"), other)
        let second = try await stack.wait(for: "a", "replaced") { $0.state == .running && $0.run == 2 }
        #expect(second.pid != first.pid)
        #expect(await stack.supervisor.statuses().last?.pid == neighbour.pid)
        try await stack.up(other)
        _ = try await stack.wait(for: "b", "alone") { _ in true }
        try await stack.down()
    }

    @Test func `a one-shot that ended well lets its dependents start and is not run again by up`() async throws {
        let stack = try Stack()
        let migrate = stack.service("migrate", "exit-after=20", "code=0")
        let app = stack.service("app") {
            $0.dependsOn = [Dependency(service: "migrate", condition: .completedSuccessfully)]
        }
        try await stack.up(migrate, app)
        try await stack.wait(for: "app", "running") { $0.state == .running }
        try await stack.up(migrate, app)
        let status = try await stack.wait(for: "migrate", "done") { $0.settled }
        #expect(status.run == 1)
        #expect(status.exit == .code(0))
        try await stack.down()
    }

    @Test func `endpoints name only ready replicas, each with a port of its own`() async throws {
        let stack = try Stack()
        let port = FreePort.choose()
        try await stack.up(
            stack.service("a", "http=1") {
                $0.ports = [.fixed(port)]
                $0.replicas = 3
                $0.healthcheck = Probe(check: .tcp)
            })
        for replica in 1...3 { try await stack.wait(for: "a", replica: replica, "healthy") { $0.health == .healthy } }
        func urls() throws -> [String] { try Endpoints.read(stack.layout).services["a"]?.map(\.url) ?? [] }
        // They are written in the moment after the last has become healthy.
        for _ in 0..<500 where try urls().count < 3 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(Set(try urls()).count == 3)
        #expect(try urls().first == "http://127.0.0.1:\(port)")
        try await stack.down()
    }
}

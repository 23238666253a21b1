import CLinux
import Foundation
import Manifest
import ProcessTable
import StateDirectory
import Supervisor
import SystemPackage
import TestSupport
import Testing

/// Listening sockets that msctl opens and keeps.
@Suite(.timeLimit(.minutes(2))) struct SocketTests {
    private func web(
        _ stack: Stack, _ port: PortSpec, _ options: String..., configure: (inout Service) -> Void = { _ in }
    )
        -> Service
    {
        stack.service("web") {
            $0.command += ["http=1", "listen-fds=1"] + options
            $0.ports = [port]
            $0.sockets = [SocketSpec(name: "http")]
            $0.restart = RestartPolicy(condition: .onFailure)
            $0.restart.delay = .milliseconds(1)
            $0.restart.maxDelay = .milliseconds(2)
            $0.restart.maxAttempts = 1_000
            configure(&$0)
        }
    }

    @Test func `a service is given its socket by the protocol of sd_listen_fds`() async throws {
        let stack = try Stack()
        let script = """
            echo $LISTEN_FDS $LISTEN_FDNAMES; [ $LISTEN_PID = $$ ] && echo mine
            readlink /proc/$$/fd/3 /proc/$$/fd/4 | cut -d: -f1; ls /proc/$$/fd | tr '\\n' ' '; echo; echo done; sleep 1000
            """
        try await stack.up(
            stack.service("a") {
                $0.command = ["/bin/sh", "-c", script]
                $0.ports = [.auto]
                var unix = SocketSpec(name: "control")
                unix.address = .unix("${MSCTL_DATA_DIR}/control.sock")
                $0.sockets = [SocketSpec(name: "http"), unix]
                $0.healthcheck = Probe(check: .log("^done$"))
            })
        let status = try await stack.wait(for: "a", "running") { $0.state == .running }
        let output = try AtomicFile.read(stack.layout.run(1, of: status.instance).standardOutput) ?? []
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
        #expect(lines.prefix(4) == ["2 http:control", "mine", "socket", "socket"])
        #expect(lines.dropFirst(4).first?.hasPrefix("0 1 2 3 4") == true)
        let file = stack.layout.data(of: "a").appending("control.sock")
        #expect(FileManager.default.fileExists(atPath: file.string))
        #expect(status.port != nil)
        try await stack.down()
        #expect(!FileManager.default.fileExists(atPath: file.string))
    }

    @Test func `who connects while the instance restarts waits and is answered, 20 times`() async throws {
        let stack = try Stack()
        try await stack.up(web(stack, .auto, "listen-after=30"))
        var status = try await stack.wait(for: "web", "running") { $0.state == .running }
        let client = LoopbackClient(port: try #require(status.port))
        #expect(client.ask() == .answered)
        for number in 2...21 {
            let pid = try #require(status.pid)
            kill(pid, SIGKILL)
            #expect(Processes.waitForEnd(pid))
            #expect(client.ask() == .answered)
            status = try await stack.wait(for: "web", "restarted") { $0.run == number && $0.pid != nil }
            #expect(status.port == client.port)
        }
        try await stack.down()
        #expect(client.ask() == .refused)
    }

    @Test func `restarts by hand refuse nobody`() async throws {
        let stack = try Stack()
        let service = web(stack, .auto)
        try await stack.up(service)
        let status = try await stack.wait(for: "web", "running") { $0.state == .running }
        let client = LoopbackClient(port: try #require(status.port))
        let asking = Task.detached { () -> [LoopbackClient.Outcome] in
            var outcomes: [LoopbackClient.Outcome] = []
            while !Task.isCancelled { outcomes.append(client.ask()) }
            return outcomes
        }
        for number in 2...6 {
            _ = try await stack.supervisor.restart(stack.project(service), services: [], grace: nil)
            try await stack.wait(for: "web", "restarted") { $0.run == number && $0.state == .running }
        }
        asking.cancel()
        let outcomes = await asking.value
        #expect(outcomes.count > 5)
        #expect(!outcomes.contains(.refused))
        #expect(!outcomes.contains(.timedOut))
        try await stack.down()
    }

    @Test func `a stopped service refuses, a started one listens where it did`() async throws {
        let stack = try Stack()
        let port = FreePort.choose()
        let service = web(stack, .fixed(port))
        try await stack.up(service)
        try await stack.wait(for: "web", "running") { $0.state == .running }
        let client = LoopbackClient(port: port)
        _ = try await stack.supervisor.stop(services: ["web"], grace: nil, forget: false)
        try await stack.wait(for: "web", "stopped") { $0.state == .stopped }
        #expect(client.ask() == .refused)
        try await stack.up(service)
        try await stack.wait(for: "web", "running") { $0.state == .running }
        #expect(client.ask() == .answered)
        try await stack.down()
    }

    @Test func `another port in the manifest closes the old one`() async throws {
        let stack = try Stack()
        let (old, new) = (FreePort.choose(), FreePort.choose())
        try await stack.up(web(stack, .fixed(old)))
        try await stack.wait(for: "web", "running") { $0.state == .running }
        try await stack.up(web(stack, .fixed(new)))
        try await stack.wait(for: "web", "running on the new port") { $0.settled && $0.port == new }
        // Meanwhile the instance that covered the replacement was on the old one.
        while await stack.supervisor.statuses().count > 1 { await Task.yield() }
        #expect(LoopbackClient(port: new).ask() == .answered)
        #expect(LoopbackClient(port: old).ask() == .refused)
        try await stack.down()
    }

    @Test func `a service that drops its sockets may bind the port itself`() async throws {
        let stack = try Stack()
        let port = FreePort.choose()
        try await stack.up(web(stack, .fixed(port)))
        try await stack.wait(for: "web", "running") { $0.state == .running }
        let own = stack.service("web", "http=1") {
            $0.ports = [.fixed(port)]
            $0.healthcheck = Probe(check: .tcp)
        }
        try await stack.up(own)
        let status = try await stack.wait(for: "web", "healthy by itself") { $0.health == .healthy }
        #expect(status.run == 2)
        try await stack.down()
    }

    @Test func `replicas have ports of their own and keep them over restarts`() async throws {
        let stack = try Stack()
        let port = FreePort.choose()
        let service = web(stack, .fixed(port)) { $0.replicas = 3 }
        try await stack.up(service)
        var ports: [UInt16] = []
        for replica in 1...3 {
            let status = try await stack.wait(for: "web", replica: replica, "running") { $0.state == .running }
            ports.append(try #require(status.port))
        }
        #expect(ports[0] == port)
        #expect(Set(ports).count == 3)
        _ = try await stack.supervisor.restart(stack.project(service), services: [], grace: nil)
        for replica in 1...3 {
            let status = try await stack.wait(for: "web", replica: replica, "again") {
                $0.state == .running && $0.run == 2
            }
            #expect(status.port == ports[replica - 1])
            #expect(LoopbackClient(port: ports[replica - 1]).ask() == .answered)
        }
        try await stack.down()
    }

    @Test func `a start-first replacement serves on the same port from the first to the last moment`() async throws {
        let stack = try Stack()
        let port = FreePort.choose()
        func version(_ text: String) -> Service {
            web(stack, .fixed(port), "say=\(text)", "term-delay=50") {
                var probe = Probe(check: .http(path: "/", headers: [:], expectedStatuses: 200...299))
                probe.interval = .milliseconds(50)
                $0.healthcheck = probe
                $0.update.order = .startFirst
                $0.update.drain = .milliseconds(20)
            }
        }
        try await stack.up(version("old"))
        try await stack.wait(for: "web", "healthy") { $0.health == .healthy }
        let client = LoopbackClient(port: port)
        let asking = Task.detached { () -> [LoopbackClient.Outcome] in
            var outcomes: [LoopbackClient.Outcome] = []
            while !Task.isCancelled { outcomes.append(client.ask()) }
            return outcomes
        }
        try await stack.up(version("new"))
        try await stack.wait(for: "web", "replaced") { $0.run == 2 && $0.health == .healthy && $0.settled }
        while await stack.supervisor.statuses().count > 1 { await Task.yield() }
        asking.cancel()
        let outcomes = await asking.value
        #expect(!outcomes.contains(.refused))
        #expect(!outcomes.contains(.timedOut))
        #expect(client.ask() == .answered)
        try await stack.down()
    }

    @Test func `a port that somebody else holds is told with its owner`() async throws {
        let port = FreePort.choose()
        let server = try SpawnedProcess(BuiltProducts.fixtureService, ["http=1"], environment: ["PORT": "\(port)"])
        defer {
            server.send(SIGKILL)
            server.wait()
        }
        while !ProcessTable.isListening(port) { sched_yield() }
        let stack = try Stack()
        try await stack.up(web(stack, .fixed(port)))
        let status = try await stack.wait(for: "web", "failed") { $0.state == .failed }
        #expect(status.reason?.hasPrefix("port \(port) is held by process \(server.pid)") == true)
        try await stack.down()
    }

    @Test func `a Unix socket's file is replaced when nobody listens, and left alone when somebody does`() async throws
    {
        let stack = try Stack()
        let path = stack.directory.path.appending("web.sock").string
        let service = web(stack, .auto) {
            $0.sockets[0].address = .unix(path)
            $0.umask = 0o007
        }
        try await stack.up(service)
        try await stack.wait(for: "web", "running") { $0.state == .running }
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o770)
        // Another project wants the same path.
        let other = try Stack()
        try await other.up(
            other.service("web", "http=1", "listen-fds=1") {
                $0.sockets = service.sockets
            })
        let refused = try await other.wait(for: "web", "failed") { $0.state == .failed }
        #expect(
            refused.reason == "cannot listen on \(path): another process listens there; end it or choose another path")
        try await other.down()
        #expect(FileManager.default.fileExists(atPath: path))
        try await stack.down()
        #expect(!FileManager.default.fileExists(atPath: path))
        // What a killed daemon leaves: a file, and nobody who listens.
        let left = clinux_unix_socket()
        #expect(UnixPath.bind(left, path))
        close(left)
        try await stack.up(service)
        try await stack.wait(for: "web", "running") { $0.state == .running }
        try await stack.down()
    }

    @Test func `a path that is too long for the kernel, or no socket, is refused with what to do`() async throws {
        let stack = try Stack()
        let file = try stack.directory.file("notes.txt", "mine")
        for (path, reason) in [
            (
                file.string,
                "cannot listen on \(file): there is a file that is no socket; remove it or choose another path"
            ),
            ("/\(String(repeating: "x", count: 200))", "choose a shorter one"),
        ] {
            try await stack.up(web(stack, .auto) { $0.sockets[0].address = .unix(path) })
            let status = try await stack.wait(for: "web", "failed") { $0.reason?.hasSuffix(reason) == true }
            #expect(status.state == .failed)
        }
        #expect(try String(contentsOfFile: file.string, encoding: .utf8) == "mine")
        try await stack.down()
    }
}

import CLinux
import Manifest
import ProcessTable
import StateDirectory
import Supervisor
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// Probes of real services: what they find out, and what they cost each other.
@Suite(.timeLimit(.minutes(2))) struct ProbeTests {
    private func probe(_ check: Probe.Check, timeout: Duration = .seconds(10), port: UInt16? = nil) -> Probe {
        var probe = Probe(check: check)
        probe.interval = .milliseconds(50)
        probe.retries = 10_000
        probe.timeout = timeout
        probe.port = port
        return probe
    }

    private func http(body: String? = nil) -> Probe.Check {
        .http(path: "/health", headers: [:], expectedStatuses: 200...299, expectedBody: body)
    }

    /// A service that does nothing, asked at the port of a server in this process, which counts as the daemon's own.
    private func asked(
        _ stack: Stack, by check: Probe.Check, timeout: Duration = .seconds(10), of server: TestServer
    ) -> Service {
        stack.service("a") {
            $0.command = ["/bin/sleep", "1000"]
            $0.healthcheck = probe(check, timeout: timeout, port: server.port)
        }
    }

    // MARK: Outcomes

    @Test func `a wrong body is told apart from a right one, and shown`() async throws {
        let stack = try Stack()
        let answers = Mutex(0)
        let server = try TestServer { connection in
            guard connection.readRequest() != nil else { return }
            let number = answers.withLock { count in
                count += 1
                return count
            }
            connection.answer(number < 5 ? #"{"status":"starting"}"# : #"{"status":"up","n":\#(number)}"#)
        }
        try await stack.up(asked(stack, by: http(body: #""status":"(up|ok)""#), of: server))
        let early = try await stack.wait(for: "a", "wrong") { $0.probe?.outcome == .wrongBody }
        #expect(early.probe?.detail.contains("status 200, but the body does not match") == true)
        #expect(early.probe?.body == #"{"status":"starting"}"#)
        try await stack.wait(for: "a", "healthy") { $0.health == .healthy }
        try await stack.down()
    }

    @Test(arguments: [
        ("", "GET /health on port PORT: the connection was closed without an answer"),
        ("220 mail ready\r\n", "GET /health on port PORT: what answers does not speak HTTP/1"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx",
            "GET /health on port PORT: the connection was closed in the middle of the answer's body"
        ),
    ])
    func `what answers otherwise than by HTTP is a failure that says so`(bytes: String, detail: String) async throws {
        let stack = try Stack()
        let server = try TestServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write(bytes)
        }
        try await stack.up(asked(stack, by: http(), of: server))
        let status = try await stack.wait(for: "a", "asked") { $0.probe != nil }
        #expect(status.probe?.outcome == .failed)
        #expect(status.probe?.detail == detail.replacing("PORT", with: "\(server.port)"))
        try await stack.down()
    }

    @Test func `an answer whose body does not end is too late, and says how far it came`() async throws {
        let stack = try Stack()
        let server = try TestServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\n\r\nsome")
            connection.waitForEnd()
        }
        try await stack.up(asked(stack, by: http(), timeout: .milliseconds(80), of: server))
        let status = try await stack.wait(for: "a", "too late") { $0.probe?.outcome == .timedOut }
        #expect(status.probe?.detail.hasSuffix("status 200, but no end of the body within 80 ms") == true)
        #expect(status.probe?.body == "some")
        try await stack.down()
    }

    @Test func `the request has what HTTP wants and what the manifest says`() async throws {
        let stack = try Stack()
        let seen = Mutex<String?>(nil)
        let server = try TestServer { connection in
            let request = connection.readRequest()
            seen.withLock { $0 = $0 ?? request }
            connection.answer("ok")
        }
        let check = Probe.Check.http(
            path: "/health?deep=1", headers: ["Host": "shop.example", "X-Probe": "1"], expectedStatuses: 200...200)
        try await stack.up(asked(stack, by: check, of: server))
        try await stack.wait(for: "a", "healthy") { $0.health == .healthy }
        #expect(
            seen.withLock(\.self)
                == "GET /health?deep=1 HTTP/1.1\r\nAccept: */*\r\nConnection: close\r\nHost: shop.example\r\n"
                + "User-Agent: msctl\r\nX-Probe: 1\r\n\r\n")
        try await stack.down()
    }

    @Test(arguments: [true, false])
    func `a stranger on the port is told apart and named, and what it says counts for nothing`(isHTTP: Bool)
        async throws
    {
        let stack = try Stack()
        let port = FreePort.choose()
        let stranger = try SpawnedProcess(
            BuiltProducts.fixtureService, ["http=1"], environment: ["PORT": "\(port)", "PATH": "/usr/bin:/bin"])
        defer {
            stranger.send(SIGKILL)
            stranger.wait()
        }
        while !ProcessTable.isListening(port) { await Task.yield() }
        try await stack.up(
            stack.service("a") {
                $0.command = ["/bin/sleep", "1000"]
                $0.healthcheck = probe(isHTTP ? http() : .tcp, port: port)
            })
        let status = try await stack.wait(for: "a", "foreign") { $0.probe?.outcome == .foreignProcess }
        #expect(status.health == .starting)
        #expect(
            status.probe?.detail.hasPrefix(
                "port \(port) belongs to process \(stranger.pid) (\(BuiltProducts.fixtureService)")
                == true)
        stranger.send(SIGKILL)
        try await stack.wait(for: "a", "refused") { $0.probe?.outcome == .refused }
        try await stack.down()
    }

    @Test func `a port that a grandchild listens on is the service's own`() async throws {
        let stack = try Stack()
        try await stack.up(
            stack.service("a") {
                $0.command = ["/bin/sh", "-c", "setsid \(BuiltProducts.fixtureService) http=1 & wait"]
                $0.ports = [.auto]
                $0.healthcheck = probe(http())
            })
        try await stack.wait(for: "a", "healthy") { $0.health == .healthy }
        try await stack.down(grace: 100)
    }

    // MARK: Commands

    @Test func `a command that hangs is killed with all it started, and so is one whose service stops`() async throws {
        let stack = try Stack()
        let file = stack.directory.path.appending("pids").string
        let line = "sleep 1000 & echo $! >> \(file); echo waiting; wait"
        try await stack.up(
            stack.service("a") {
                $0.command = ["/bin/sleep", "1000"]
                $0.healthcheck = probe(.exec([line]), timeout: .milliseconds(300))
            })
        let status = try await stack.wait(for: "a", "timed out") { $0.probe?.outcome == .timedOut }
        #expect(status.probe?.detail == "\(line): not done within 300 ms")
        #expect(status.probe?.body == "waiting\n")
        try await stack.down()
        let pids = try String(decoding: AtomicFile.read(FilePath(file)) ?? [], as: UTF8.self)
            .split(separator: "\n").compactMap { Int32($0) }
        #expect(!pids.isEmpty)
        for pid in pids { #expect(Processes.waitForEnd(pid)) }
    }

    @Test func `a flood of output is cut off, and a program that is not there is named`() async throws {
        let stack = try Stack()
        func service(_ name: String, _ command: [String]) -> Service {
            stack.service(name) {
                $0.command = ["/bin/sleep", "1000"]
                $0.healthcheck = probe(.exec(command))
            }
        }
        try await stack.up(service("flood", ["yes"]), service("none", ["no-such-program-at-all", "x"]))
        let flood = try await stack.wait(for: "flood", "asked") { $0.probe != nil }
        #expect(flood.probe?.outcome == .failed)
        #expect(flood.probe?.body == String(repeating: "y\n", count: 100))
        let none = try await stack.wait(for: "none", "asked") { $0.probe != nil }
        #expect(none.probe?.detail.hasSuffix("cannot be started: there is no program 'no-such-program-at-all'") == true)
        try await stack.down()
    }

    @Test func `eighty commands that hang do not delay the eighty-first`() async throws {
        let stack = try Stack()
        func service(_ name: String, _ command: String) -> Service {
            stack.service(name) {
                $0.command = ["/bin/sleep", "1000"]
                $0.healthcheck = probe(.exec([command]), timeout: .seconds(100))
            }
        }
        let hanging = (0..<80).map { service("h\($0)", "exec sleep 1000") }
        let project = Project(name: "test", directory: stack.directory.path.string, services: hanging)
        _ = try await stack.supervisor.up(project, services: [])
        for service in hanging { try await stack.wait(for: service.name, "launched") { $0.awaits == .readiness } }
        var all = project
        all.services.append(service("quick", "true"))
        _ = try await stack.supervisor.up(all, services: [])
        try await stack.wait(for: "quick", seconds: 10, "healthy") { $0.health == .healthy }
        try await stack.down(grace: 100)
    }

    // MARK: Log lines

    @Test func `a service whose heartbeat stops is restarted and says why`() async throws {
        let stack = try Stack()
        try await stack.up(
            stack.service("a", "lines=10", "interval=20") {
                $0.restart = RestartPolicy(condition: .onFailure)
                var probe = Probe(check: .log(#""number":\d+"#))
                probe.interval = .milliseconds(250)
                probe.retries = 2
                $0.liveness = probe
            })
        let status = try await stack.wait(for: "a", "lost") { $0.state == .stopping }
        #expect(
            status.reason == #"liveness lost: log '"number":\d+': no line since the last question"#)
        try await stack.wait(for: "a", "running again") { $0.state == .running && $0.run == 2 }
        try await stack.down()
    }

    @Test func `a line that comes late is noticed when it comes, not at the next interval`() async throws {
        let stack = try Stack()
        let service = stack.service("a") {
            $0.command = ["/bin/sh", "-c", "sleep 0.3; printf 'almost '; sleep 0.1; printf 'ready'; exec sleep 1000"]
            var slow = Probe(check: .log("almost ready$"))
            slow.interval = .seconds(1000)
            slow.startInterval = .seconds(1000)
            $0.healthcheck = slow
        }
        try await stack.up(service)
        let status = try await stack.wait(for: "a", "healthy") { $0.health == .healthy }
        #expect(status.probe?.body == "almost ready")
        try await stack.down()
    }

    @Test func `a line that never comes uses up the retries, and one that comes then still counts`() async throws {
        let stack = try Stack()
        let file = stack.directory.path.appending("go").string
        let service = stack.service("a") {
            $0.command = ["/bin/sh", "-c", "while ! test -e \(file); do sleep 0.02; done; echo ready; exec sleep 1000"]
            var probe = probe(.log("ready"))
            probe.retries = 2
            $0.healthcheck = probe
        }
        try await stack.up(service)
        let status = try await stack.wait(for: "a", "unhealthy") { $0.health == .unhealthy }
        #expect(status.reason == "log 'ready': no line yet")
        _ = try stack.directory.file("go", "")
        try await stack.wait(for: "a", "healthy") { $0.health == .healthy }
        try await stack.down()
    }

    // MARK: Results

    @Test func `the last five results of each kind are in the state directory, newest first`() async throws {
        let stack = try Stack()
        let server = try TestServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer(#"{"status":"pass"}"#)
        }
        var service = asked(stack, by: http(), of: server)
        service.startup = probe(.exec(["true"]))
        service.liveness = probe(.tcp, port: server.port)
        try await stack.up(service)
        let status = try await stack.wait(for: "a", "healthy") { $0.health == .healthy }
        let reader = StateReader(layout: stack.layout)
        func reports() async throws -> [ProbeReport] {
            await stack.writer.flush()
            return try reader.probes()[status.instance] ?? []
        }
        // Written when they are news; what follows waits for its turn.
        #expect(try await Set(reports().map(\.kind)).isSuperset(of: [.startup, .readiness]))
        var all = try await reports()
        while all.count(where: { $0.kind == .readiness }) < 5 { all = try await reports() }
        #expect(all.count(where: { $0.kind == .startup }) == 1)
        #expect(all.count(where: { $0.kind == .readiness }) == 5)
        #expect(all.map(\.time) == all.map(\.time).sorted(by: >))
        let first = try #require(all.first { $0.kind == .readiness })
        #expect(first.outcome == .passed)
        #expect(first.body == #"{"status":"pass"}"#)
        #expect(first.latencyMilliseconds > 0)
        try await stack.down()
        await stack.writer.flush()
        #expect(try reader.probes().isEmpty)
    }

    @Test func `the results of a run that has ended are kept for who asks why`() async throws {
        let stack = try Stack()
        try await stack.up(
            stack.service("a", "say=x", "exit-after=150", "code=3") {
                $0.restart = RestartPolicy(condition: .never)
                $0.healthcheck = probe(.exec(["echo no; false"]))
            })
        let status = try await stack.wait(for: "a", "ended") { $0.state == .exited }
        await stack.writer.flush()
        let reports = try StateReader(layout: stack.layout).probes()[status.instance] ?? []
        #expect(reports.count > 1)
        #expect(reports.allSatisfy { $0.outcome == .failed && $0.body == "no\n" && $0.kind == .readiness })
        try await stack.down()
    }
}

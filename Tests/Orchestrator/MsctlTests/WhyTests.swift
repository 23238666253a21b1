import Foundation
import LogStore
import Manifest
import ProcessTable
import StateDirectory
import Supervisor
import SystemPackage
import TestSupport
import Testing

@testable import msctl

/// Against a state directory as a daemon leaves it.
@Suite struct WhyTests {
    private let directory = TemporaryDirectory()
    private var layout: StateLayout { StateLayout(projectDirectory: directory.path) }
    private let now: Int64 = 1_000_000

    /// gateway ► orders ► products
    private var project: Project {
        var gateway = Service(name: "gateway", command: ["x"], workingDirectory: "/")
        gateway.dependsOn = [Dependency(service: "orders", condition: .healthy)]
        var orders = Service(name: "orders", command: ["x"], workingDirectory: "/")
        orders.dependsOn = [
            Dependency(service: "slow", condition: .healthy), Dependency(service: "products", condition: .healthy),
        ]
        var products = Service(name: "products", command: ["x"], workingDirectory: "/")
        products.restart.condition = .onFailure
        return Project(
            name: "shop", directory: directory.path.string,
            services: [gateway, orders, Service(name: "slow", command: ["x"], workingDirectory: "/"), products])
    }

    @Test func `what waits is explained by the root of what it waits for, told once`() async throws {
        let products = crashLooping("products")
        try await store([
            status("gateway", .skipped), status("orders", .waiting), status("slow", .starting), products,
        ])
        try log("products", run: 2, err: "starting\nFatal error: no database\n  at main\n")
        let text = try text(services: [])
        let said = "is crash-looping (exit code 3 after 84 ms; 5 restarts in 60 s; next try in 12.00 s)"
        #expect(
            text.contains("gateway.1 was not started: it needs orders.1, which needs products.1, which \(said)"),
            "\(text)")
        #expect(text.contains("orders.1 waits: products.1 \(said)"))
        #expect(text.contains("products.1 \(said)\n  last error: Fatal error: no database"))
        #expect(text.components(separatedBy: "last error").count == 2)
        #expect(text.contains("  next: msctl logs products.1 --run last"))
    }

    @Test func `asked for one service, the evidence of its root is shown`() async throws {
        try await store([status("orders", .waiting), status("slow", .running), crashLooping("products")])
        let text = try text(services: ["orders"])
        #expect(text.hasPrefix("orders.1 waits: products.1 is crash-looping"), "\(text)")
        #expect(text.hasSuffix("  next: msctl events products"))
    }

    @Test func `a dependency that is only slow is the cause when none has failed`() async throws {
        var slow = status("slow", .starting)
        slow.health = .starting
        slow.probe = report(.refused, "GET /health on port 1: refused")
        try await store([status("orders", .waiting), slow, status("products", .waiting)])
        let text = try text(services: ["orders"])
        #expect(text.contains("orders.1 waits: slow.1 is starting for 10s"), "\(text)")
        #expect(text.contains("readiness probe: GET /health on port 1: refused (1.5 ms, 5s ago)"))
        #expect(text.contains("next: msctl wait slow --for healthy"))
    }

    @Test func `a dependency that does not run at all is named`() async throws {
        try await store([status("orders", .skipped), status("slow", .running)])
        let text = try text(services: [])
        #expect(text == "orders.1 was not started: products does not run\n  next: msctl up products")
    }

    @Test func `dependencies in a circle are explained all the same`() async throws {
        var circle = project
        circle.services[3].dependsOn = [Dependency(service: "gateway", condition: .healthy)]
        try await store(
            [
                status("gateway", .waiting), status("orders", .waiting), status("slow", .running),
                status("products", .waiting),
            ],
            circle)
        #expect(
            try text(services: ["gateway"]).hasPrefix(
                "gateway.1 waits: it needs orders.1, which needs products.1, which"))
    }

    @Test func `an unhealthy instance is explained by its probe and the answer it got`() async throws {
        var sick = status("products", .running)
        sick.health = .unhealthy
        sick.probe = report(.wrongStatus, "GET /health on port 1: status 503", body: #"{"database":"locked"}"#)
        try await store([sick])
        try log("products", run: 1, out: #"{"level":"info","message":"fine"}"# + "\n")
        #expect(
            try text(services: []).contains(
                """
                products.1 is unhealthy for 10s
                  readiness probe: GET /health on port 1: status 503 (1.5 ms, 5s ago)
                    answer: {"database":"locked"}
                  last line: fine
                """))
    }

    @Test func `who holds the port is named, and is the one to end`() async throws {
        let server = try TestServer { $0.waitForEnd() }
        var failed = status("products", .failed)
        failed.reason = "port \(server.port) is held by somebody"
        failed.port = server.port
        try await store([failed])
        let text = try text(services: [])
        #expect(text.contains("products.1 could not be started (port \(server.port) is held by somebody)"))
        #expect(text.contains("  port \(server.port): held by process \(getpid()): "))
        #expect(text.contains("  next: end process \(getpid()), or give products another port and run 'msctl up'"))
        let document = try document()
        #expect(document.contains(#""number" : \#(server.port)"#))
        withExtendedLifetime(server) {}
    }

    @Test func `what the supervisor knows beyond the exit code comes first`() async throws {
        var dead = crashLooping("products")
        dead.exit = .signal(9)
        dead.reason = "out of memory (limit 64 MB); killed by signal 9; given up"
        dead.nextStart = nil
        dead.recentRestarts = []
        try await store([dead], exit: .signal(9))
        #expect(
            try text(services: []).hasPrefix(
                "products.1 is crash-looping (out of memory (limit 64 MB); killed by signal 9; given up; ended by signal 9 (SIGKILL) after 84 ms)"
            ))
    }

    @Test func `a job that is done, what somebody stopped, and what is ready are well`() async throws {
        var done = status("orders", .exited)
        done.exit = .code(0)
        try await store([done, status("slow", .stopped), status("products", .running)])
        let report = try WhyReport.read(layout, services: [])
        #expect(report.diagnoses.isEmpty)
        #expect(report.well.isEmpty)
        let asked = try WhyReport.read(layout, services: ["slow", "products.1"])
        #expect(asked.well.map(\.instance.service) == ["products"])
        #expect(asked.diagnoses.map(\.next) == ["msctl start slow"])
    }

    @Test func `where nothing has run there is nothing to explain`() {
        #expect { try WhyReport.read(layout, services: []) } throws: { ($0 as? CommandFailure)?.exitCode == 3 }
    }

    @Test func `as JSON every member is there`() async throws {
        try await store([status("orders", .waiting), status("slow", .running), crashLooping("products")])
        try log("products", run: 2, err: "boom\n")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(document().utf8)) as? [String: Any])
        #expect(object["schema"] as? String == "msctl.why/1")
        #expect(object["daemon"] as? String == "absent")
        let instances = try #require(object["instances"] as? [[String: Any]])
        let orders = try #require(instances.first { $0["instance"] as? String == "orders.1" })
        let link = try #require((orders["waitsFor"] as? [[String: Any]])?.first)
        #expect(link["service"] as? String == "products")
        #expect(link["condition"] as? String == "service_healthy")
        let cause = try #require(orders["cause"] as? [String: Any])
        #expect(cause["instance"] as? String == "products.1")
        #expect((cause["exit"] as? [String: Any])?["ranMilliseconds"] as? Int == 84)
        #expect((cause["lastError"] as? [String: Any])?["message"] as? String == "boom")
        #expect(cause["restarts"] as? Int == 5)
        #expect((orders["summary"] as? String)?.hasPrefix("orders.1 waits: products.1 is crash-looping") == true)
        for member in ["service", "state", "health", "since", "next"] {
            #expect(orders.keys.contains(member))
        }
    }

    @Test(
        arguments: [
            // A record that calls itself an error wins, whatever comes after it.
            (
                #"{"level":"error","message":"first"}"# + "\n" + #"{"level":"fatal","message":"second"}"# + "\nat x\n",
                "", "second"
            ),
            (#"{"level":"error","message":"out"}"# + "\n", "noise\n", "out"),
            // Text on stderr: the line that speaks of trouble, or the last.
            ("fine\n", "Traceback:\n  file\nValueError: no\n  hint\n", "ValueError: no"),
            ("fine\n", "one\ntwo\n\n", "two"),
            // Nothing that looks wrong: the last thing said.
            ("a\nb\n \n", "", "b"), ("", "", nil),
        ] as [(String, String, String?)])
    func `the line that tells most is chosen`(out: String, err: String, message: String?) throws {
        try log("a", run: 1, out: out, err: err)
        let instance = InstanceID(service: "a", replica: 1)
        #expect(try LastWords.of(instance, run: 1, in: layout)?.message == message)
    }

    // MARK: -

    private func text(services: [String]) throws -> String {
        WhyText(now: now, style: .plain).rendered(try WhyReport.read(layout, services: services).diagnoses)
    }

    private func document() throws -> String {
        JSONOutput.document(WhyDocument(try WhyReport.read(layout, services: []), now: now))
    }

    private func status(_ service: String, _ state: InstanceState) -> InstanceStatus {
        var status = InstanceStatus(
            instance: InstanceID(service: service, replica: 1), state: state, since: now - 10_000)
        if state == .running { status.health = .healthy }
        status.run = 1
        return status
    }

    private func crashLooping(_ service: String) -> InstanceStatus {
        var status = status(service, .crashLooping)
        status.run = 2
        status.exit = .code(3)
        status.reason = "exited with code 3 after 5 restarts; next try in 30 s"
        status.recentRestarts = [1, 2, 3, 4, 5]
        status.nextStart = now + 12_000
        return status
    }

    private func report(_ outcome: ProbeReport.Outcome, _ detail: String, body: String? = nil) -> ProbeReport {
        ProbeReport(time: now - 5_000, outcome: outcome, latencyMilliseconds: 1.5, detail: detail, body: body)
    }

    private func log(_ service: String, run: Int, out: String = "", err: String = "") throws {
        _ = try directory.file(".msctl/runs/\(service).1/\(run)/out.log", out)
        _ = try directory.file(".msctl/runs/\(service).1/\(run)/err.log", err)
    }

    /// Writes what a daemon would have written; what lives is given the lock of a living run.
    private func store(
        _ statuses: [InstanceStatus], _ project: Project? = nil, exit: StateDirectory.ExitStatus = .code(3)
    ) async throws {
        try AtomicFile.makeDirectory(layout.root)
        let writer = try StateWriter(layout: layout) { Issue.record("\($0)") }
        try writer.setDesired(project ?? self.project)
        for status in statuses {
            writer.enqueue([.instance(status)])
            if status.state.isAlive { try holdLock(of: status) }
            if status.exit != nil {
                writer.enqueue([
                    .runStarted(status.instance, run: status.run, pid: nil, time: now - 1_084),
                    .runEnded(status.instance, run: status.run, exit, time: now - 1_000),
                ])
            }
        }
        await writer.flush()
    }

    private final class Locks {
        var held: [LockHolder] = []
    }
    private let locks = Locks()

    private func holdLock(of status: InstanceStatus) throws {
        let run = layout.run(status.run, of: status.instance)
        try AtomicFile.makeDirectory(run.path)
        locks.held.append(try LockHolder(run.shimLock))
    }
}

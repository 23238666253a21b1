import CLinux
import Manifest
import StateDirectory
import Supervisor
import TestSupport
import Testing

/// Start-first replacement with real processes.
@Suite(.timeLimit(.minutes(1))) struct RolloutTests {
    private func web(_ stack: Stack, _ arguments: String..., replicas: Int = 2) -> Service {
        stack.service("web") {
            $0.command += ["http=1"] + arguments
            $0.ports = [.auto]
            $0.replicas = replicas
            var probe = Probe(check: .http(path: "/health", headers: [:], expectedStatuses: 200...299))
            probe.interval = .milliseconds(50)
            probe.retries = 2
            $0.healthcheck = probe
            $0.update.order = .startFirst
            $0.update.drain = .milliseconds(50)
        }
    }

    /// Follows updates until the service's replacement has ended; the least number of ready instances seen meanwhile.
    private func end(of service: String, in stack: Stack) async -> (Rollout, leastReady: Int) {
        var ready: [InstanceID: Bool] = [:]
        var least = Int.max
        for await update in await stack.supervisor.watch() {
            switch update {
            case .all(let all): for status in all { ready[status.instance] = status.state == .running }
            case .changed(let status):
                ready[status.instance] = status.state == .running && status.health != .unhealthy
                least = min(least, ready.values.filter { $0 }.count)
            case .removed(let id): ready[id] = nil
            case .rollout(let rollout):
                if rollout.service == service, !rollout.isUnderWay { return (rollout, least) }
            }
        }
        return (
            Rollout(service: service, phase: .failed("no end"), surge: .init(service: "", replica: 0), remaining: []), 0
        )
    }

    @Test func `a changed service is replaced one by one and never below its capacity`() async throws {
        let stack = try Stack()
        try await stack.up(web(stack))
        for replica in 1...2 {
            try await stack.wait(for: "web", replica: replica, "healthy") { $0.health == .healthy }
        }
        try await stack.up(web(stack, "say=new"))
        let (rollout, least) = await end(of: "web", in: stack)
        #expect(rollout.phase == .done)
        #expect(least >= 2)
        let statuses = await stack.supervisor.statuses()
        #expect(statuses.map(\.instance.replica) == [1, 2])
        #expect(statuses.map(\.run) == [2, 2])
        #expect(statuses.allSatisfy { $0.health == .healthy && $0.settled })
        let endpoints = try StateReader(layout: stack.layout).endpoints()
        #expect(endpoints.services["web"]?.map(\.instance) == ["web.1", "web.2"])
        try await stack.down()
    }

    @Test func `when the new one never becomes ready the old ones stay`() async throws {
        let stack = try Stack()
        try await stack.up(web(stack))
        let old = try await stack.wait(for: "web", "healthy") { $0.health == .healthy }
        try await stack.wait(for: "web", replica: 2, "healthy") { $0.health == .healthy }
        try await stack.up(web(stack, "status=500"))
        let (rollout, least) = await end(of: "web", in: stack)
        guard case .failed(let why) = rollout.phase else {
            Issue.record("\(rollout.phase)")
            return
        }
        #expect(why.contains("web.3 did not become ready"))
        #expect(why.contains("500"))
        #expect(least >= 2)
        let now = try await stack.wait(for: "web", "settled") { $0.settled }
        #expect(now.pid == old.pid)
        // The extra one goes; the old ones are not touched by another `up` of what they run.
        for await _ in await stack.supervisor.watch() where await stack.supervisor.statuses().count == 2 { break }
        try await stack.up(web(stack))
        #expect(await stack.supervisor.statuses().first?.pid == old.pid)
        try await stack.down()
    }

    @Test func `a next daemon goes on with a replacement`() async throws {
        let first = try Stack()
        try await first.up(web(first))
        for replica in 1...2 {
            try await first.wait(for: "web", replica: replica, "healthy") { $0.health == .healthy }
        }
        try await first.up(web(first, "delay=1", "say=new"))
        try await first.wait(for: "web", replica: 3, "launched") { $0.state == .starting && $0.pid != nil }
        first.kill()
        let second = try await Stack(adopting: first)
        let (rollout, _) = await end(of: "web", in: second)
        #expect(rollout.phase == .done)
        #expect(await second.supervisor.statuses().map(\.run) == [2, 2])
        try await second.down()
    }

    @Test func `a restart of replicas is start-first and takes every one`() async throws {
        let stack = try Stack()
        let service = web(stack)
        try await stack.up(service)
        for replica in 1...2 {
            try await stack.wait(for: "web", replica: replica, "healthy") { $0.health == .healthy }
        }
        _ = try await stack.supervisor.restart(stack.project(service), services: ["web"], grace: nil)
        let (rollout, least) = await end(of: "web", in: stack)
        #expect(rollout.phase == .done)
        #expect(least >= 2)
        #expect(await stack.supervisor.statuses().map(\.run) == [2, 2])
        try await stack.down()
    }

    @Test func `scaling adds and takes away replicas and leaves the others alone`() async throws {
        let stack = try Stack()
        try await stack.up(web(stack, replicas: 1))
        let first = try await stack.wait(for: "web", "healthy") { $0.health == .healthy }
        _ = try await stack.supervisor.scale(["web": 3])
        let third = try await stack.wait(for: "web", replica: 3, "healthy") { $0.health == .healthy }
        #expect(
            try StateReader(layout: stack.layout).endpoints().services["web"]?.contains { $0.instance == "web.3" }
                == true)
        _ = try await stack.supervisor.scale(["web": 1])
        for await _ in await stack.supervisor.watch() where await stack.supervisor.statuses().count == 1 { break }
        #expect(await stack.supervisor.statuses().first?.pid == first.pid)
        #expect(!Processes.isAlive(try #require(third.pid)))
        #expect(try StateReader(layout: stack.layout).endpoints().services["web"]?.map(\.instance) == ["web.1"])
        try await stack.down()
    }

    @Test func `a plan says what would happen and why, and does nothing`() async throws {
        let stack = try Stack()
        let kept = stack.service("kept")
        var changed = stack.service("changed")
        let gone = stack.service("gone")
        try await stack.up(kept, changed, gone)
        for name in ["kept", "changed", "gone"] { try await stack.wait(for: name, "running") { $0.state == .running } }
        changed.environment["COLOUR"] = "blue"
        let plan = await stack.supervisor.plan(
            stack.project(kept, changed, stack.service("new")), services: [])
        #expect(
            plan.map { "\($0.instance) \($0.action)" } == [
                "kept.1 none", "changed.1 replace", "new.1 start", "gone.1 stop",
            ])
        #expect(plan[1].reasons == ["environment COLOUR added"])
        #expect(await stack.supervisor.statuses().map(\.run) == [1, 1, 1])
        try await stack.down()
    }
}

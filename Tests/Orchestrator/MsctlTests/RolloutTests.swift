import ControlAPI
import Manifest
import StateDirectory
import Testing

@testable import msctl

/// Start-first replacements as the client of `up` and `restart` sees them.
@Suite struct RolloutTests {
    private let web = (1...4).map { InstanceID(service: "web", replica: $0) }
    private var surge: InstanceID { web[3] }

    private var reconciliation: Reconciliation {
        var service = Service(name: "web", command: ["web"], workingDirectory: "/")
        service.replicas = 3
        return Reconciliation(
            project: Project(name: "p", directory: "/", services: [service]), instances: Array(web.prefix(3)))
    }

    private func status(_ id: InstanceID, settled: Bool = true) -> InstanceStatus {
        var status = InstanceStatus(instance: id, state: .running, since: 0)
        status.settled = settled
        return status
    }

    private func all(settled: Bool) -> WatchLine { .all(web.prefix(3).map { status($0, settled: settled) }) }

    private func rollout(_ phase: Rollout.Phase, remaining: some Sequence<InstanceID>) -> Rollout {
        Rollout(service: "web", phase: phase, surge: surge, remaining: Array(remaining))
    }

    @Test func `it is not over before the rollout is`() {
        var watched = WatchedInstances()
        for phase in [Rollout.Phase.surging, .replacing(web[0]), .settling] {
            watched.begin()
            _ = watched.apply(.rollout(rollout(phase, remaining: [])))
            #expect(!watched.isComplete)
            _ = watched.apply(all(settled: true))
            #expect(watched.isComplete)
            #expect(reconciliation.outcome(watched) == nil)
        }
        _ = watched.apply(.rollout(rollout(.done, remaining: [])))
        guard case .ready(let statuses) = reconciliation.outcome(watched) else { return #expect(Bool(false)) }
        #expect(statuses.count == 3)
    }

    @Test func `a rollout that failed before anybody watched fails the command`() {
        var watched = WatchedInstances()
        watched.begin()
        _ = watched.apply(.rollout(rollout(.failed("exit code 3"), remaining: web.prefix(3))))
        _ = watched.apply(all(settled: true))
        guard case .notReplaced(let rollouts) = reconciliation.outcome(watched) else { return #expect(Bool(false)) }
        #expect(rollouts.map(\.failure) == ["exit code 3"])
    }

    @Test func `a rollout that another has taken the place of fails nothing`() {
        var watched = WatchedInstances()
        watched.begin()
        _ = watched.apply(all(settled: false))
        _ = watched.apply(.rollout(rollout(.failed("another change came"), remaining: web.prefix(3))))
        #expect(reconciliation.outcome(watched) == nil)
        _ = watched.apply(.rollout(rollout(.surging, remaining: web.prefix(3))))
        #expect(reconciliation.outcome(watched) == nil)
    }

    @Test func `a new connection forgets the rollouts of the one before`() {
        var watched = WatchedInstances()
        _ = watched.apply(.rollout(rollout(.surging, remaining: web.prefix(3))))
        _ = watched.apply(all(settled: true))
        watched.begin()
        #expect(!watched.isComplete)
        _ = watched.apply(all(settled: true))
        #expect(watched.rollouts.isEmpty)
        guard case .ready = reconciliation.outcome(watched) else { return #expect(Bool(false)) }
    }

    @Test func `the extra instance is kept in mind as it was before it was stopped`() {
        var watched = WatchedInstances()
        var status = status(surge)
        status.isSurge = true
        status.state = .crashLooping
        status.reason = "exited with code 3"
        _ = watched.apply(.changed(status))
        status.state = .stopping
        status.reason = nil
        _ = watched.apply(.changed(status))
        _ = watched.apply(.removed(surge))
        #expect(watched[surge] == nil)
        #expect(watched.surges[surge]?.state == .crashLooping)
        #expect(watched.surges[surge]?.reason == "exited with code 3")
    }

    @Test func `progress counts the instances that have been replaced`() {
        #expect(rollout(.surging, remaining: web.prefix(3)).words(of: 3) == "starting web.4 to stand in")
        let steps = [[web[1], web[2]], [web[2]], []]
        let words = zip(web, steps).map { rollout(.replacing($0), remaining: $1).words(of: 3) }
        #expect(
            words == ["replacing web.1 (1 of 3)", "replacing web.2 (2 of 3)", "replacing web.3 (3 of 3)"])
        #expect(rollout(.settling, remaining: []).words(of: 3) == "draining web.4")
        #expect(rollout(.failed("it died"), remaining: []).words(of: 3) == "not replaced: it died")
    }

    @Test func `surplus instances are waited for, an extra instance is not`() {
        var watched = WatchedInstances()
        var surplus = status(InstanceID(service: "web", replica: 5), settled: false)
        surplus.leaving = true
        var extra = status(surge, settled: false)
        extra.leaving = true
        extra.isSurge = true
        _ = watched.apply(.all(web.prefix(3).map { status($0) } + [surplus, extra]))
        #expect(reconciliation.outcome(watched) == nil)
        #expect(reconciliation.pending(watched).map(\.instance) == [surplus.instance])
        _ = watched.apply(.removed(surplus.instance))
        guard case .ready = reconciliation.outcome(watched) else { return #expect(Bool(false)) }
    }
}

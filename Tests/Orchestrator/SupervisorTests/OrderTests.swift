import Manifest
import StateDirectory
import Supervisor
import Testing

@Suite struct OrderTests {
    private func neighbour(
        _ state: InstanceState, _ health: InstanceHealth = .none, exit: ExitStatus? = nil, wanted: Bool = true
    ) -> DependencyVerdict.Neighbour {
        DependencyVerdict.Neighbour(
            instance: InstanceID(service: "a", replica: 1), state: state, health: health,
            hasSucceeded: exit?.isSuccess == true, wanted: wanted, hasProcess: state.isAlive)
    }

    @Test(arguments: [
        (Dependency.Condition.started, InstanceState.running, InstanceHealth.none, DependencyVerdict.met),
        (.started, .starting, .starting, .met),
        (.started, .waiting, .none, .waiting("waiting for a to start")),
        (.healthy, .running, .healthy, .met),
        (.healthy, .starting, .starting, .waiting("waiting for a to be healthy")),
        (.healthy, .running, .unhealthy, .failed("a is unhealthy")),
        (.healthy, .crashLooping, .none, .failed("a is crash-looping")),
        (.healthy, .skipped, .none, .failed("a is skipped")),
        (.completedSuccessfully, .running, .none, .waiting("waiting for a to complete")),
        (.completedSuccessfully, .failed, .none, .failed("a is failed")),
    ])
    func `conditions are Compose's`(
        condition: Dependency.Condition, state: InstanceState, health: InstanceHealth, verdict: DependencyVerdict
    ) {
        let dependency = Dependency(service: "a", condition: condition)
        #expect(DependencyVerdict.of([dependency]) { _ in [neighbour(state, health)] } == verdict)
    }

    @Test func `a one-shot that ended well completes, one that failed does not`() {
        let dependency = Dependency(service: "a", condition: .completedSuccessfully)
        #expect(DependencyVerdict.of([dependency]) { _ in [neighbour(.exited, exit: .code(0))] } == .met)
        #expect(
            DependencyVerdict.of([dependency]) { _ in [neighbour(.exited, exit: .code(2))] } == .failed("a failed"))
    }

    @Test func `what is not required may fail or be absent`() {
        let dependency = Dependency(service: "a", condition: .healthy, required: false)
        #expect(DependencyVerdict.of([dependency]) { _ in [] } == .met)
        #expect(DependencyVerdict.of([dependency]) { _ in [neighbour(.failed)] } == .met)
        #expect(DependencyVerdict.of([Dependency(service: "a")]) { _ in [] } != .met)
    }

    @Test func `every replica must be healthy`() {
        let dependency = Dependency(service: "a", condition: .healthy)
        let verdict = DependencyVerdict.of([dependency]) { _ in
            [neighbour(.running, .healthy), neighbour(.starting, .starting)]
        }
        #expect(verdict == .waiting("waiting for a to be healthy"))
    }

    @Test func `dependents stop before what they depend on`() {
        let graph = ["gateway": ["order", "user"], "order": ["user"], "user": []]
        var pending = Set(graph.keys.map { InstanceID(service: $0, replica: 1) })
        var order: [[String]] = []
        while !pending.isEmpty {
            let next = StopOrder.next(among: pending) { graph[$0] ?? [] }
            order.append(next.map(\.service))
            pending.subtract(next)
        }
        #expect(order == [["gateway"], ["order"], ["user"]])
    }

    @Test func `a cycle stops all at once`() {
        let pending: Set = [InstanceID(service: "a", replica: 1), InstanceID(service: "b", replica: 1)]
        #expect(StopOrder.next(among: pending) { $0 == "a" ? ["b"] : ["a"] }.count == 2)
    }
}

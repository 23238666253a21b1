import ServiceKit
import Testing

@Suite struct CircuitStateTests {
    private let start = ContinuousClock.now
    private let policy = CircuitPolicy()

    private func circuit() -> CircuitState { CircuitState(policy, at: start) }

    private func permit(_ circuit: inout CircuitState, at now: ContinuousClock.Instant) throws -> CircuitState.Permit {
        guard case .permitted(let permit) = circuit.begin(at: now) else { throw Refused() }
        return permit
    }

    private struct Refused: Error {}

    /// Makes calls one after the other, as far as they are permitted, and returns how many were.
    @discardableResult
    private func call(
        _ circuit: inout CircuitState, _ outcomes: [CircuitState.Outcome], took time: Duration = .zero,
        at now: ContinuousClock.Instant
    ) -> Int {
        outcomes.count { outcome in
            guard case .permitted(let permit) = circuit.begin(at: now) else { return false }
            circuit.end(permit, outcome, took: time, at: now)
            return true
        }
    }

    /// Four failures to one answer.
    private func mostlyFailing(_ count: Int) -> [CircuitState.Outcome] {
        (0..<count).map { $0 % 5 == 0 ? .answered : .failed }
    }

    /// One that has just opened.
    private func opened() -> CircuitState {
        var circuit = circuit()
        call(&circuit, mostlyFailing(20), at: start)
        return circuit
    }

    @Test func `four failures in five calls open it, and not before there are enough calls`() {
        var circuit = circuit()
        #expect(call(&circuit, mostlyFailing(19), at: start) == 19)
        #expect(circuit.phase == .closed)
        #expect(call(&circuit, [.failed], at: start) == 1)
        #expect(circuit.phase == .open(until: start + policy.openFor))
        #expect(circuit.begin(at: start + .milliseconds(400)) == .refused(retryAfter: .milliseconds(600)))
    }

    @Test func `the answer that completes the volume opens it when most before it failed`() {
        var circuit = circuit()
        call(&circuit, Array(repeating: .failed, count: 19), at: start)
        call(&circuit, [.answered], at: start)
        #expect(circuit.phase == .open(until: start + policy.openFor))
    }

    @Test func `less than half of failures, and any number of answers and undecided calls, leave it closed`() {
        var circuit = circuit()
        for _ in 0..<1000 { call(&circuit, [.answered, .answered, .failed], at: start) }
        call(&circuit, Array(repeating: .undecided, count: 10_000), at: start)
        #expect(circuit.phase == .closed)
    }

    @Test func `calls that are slow open it although they are answered`() {
        var circuit = circuit()
        call(&circuit, Array(repeating: .answered, count: 19), took: policy.slowAfter - .nanoseconds(1), at: start)
        call(&circuit, Array(repeating: .answered, count: 75), took: policy.slowAfter, at: start)
        #expect(circuit.phase == .closed, "75 of 94 are not 80 per cent")
        call(&circuit, [.answered], took: policy.slowAfter, at: start)
        #expect(circuit.phase != .closed, "76 of 95 are")
    }

    @Test func `what is ten seconds old does not count`() {
        var circuit = circuit()
        call(&circuit, Array(repeating: .failed, count: 19), at: start + .milliseconds(500))
        call(&circuit, [.failed], at: start + .seconds(10))
        #expect(circuit.phase == .closed)
        call(&circuit, Array(repeating: .failed, count: 18), at: start + .milliseconds(19_999))
        #expect(circuit.phase == .closed)
        call(&circuit, [.failed], at: start + .milliseconds(19_999))
        #expect(circuit.phase != .closed)
    }

    @Test func `a half-open circuit lets as many probes through at once as there are places`() throws {
        var circuit = opened()
        let later = start + policy.openFor
        let probes = try (0..<policy.probes).map { _ in try permit(&circuit, at: later) }
        #expect(circuit.begin(at: later) == .refused(retryAfter: .seconds(1)))
        circuit.end(probes[0], .undecided, took: .zero, at: later)
        let another = try permit(&circuit, at: later)
        #expect(circuit.begin(at: later) == .refused(retryAfter: .seconds(1)))
        for probe in [probes[1], probes[2], another] { circuit.end(probe, .answered, took: .zero, at: later) }
        #expect(circuit.phase == .closed)
        #expect(call(&circuit, Array(repeating: .failed, count: 19), at: later) == 19, "it begins anew")
    }

    @Test func `a probe that fails or is slow opens it again, for twice as long each time up to a limit`() {
        var circuit = opened()
        var now = start
        var lengths: [Duration] = []
        for round in 0..<7 {
            guard case .open(let end) = circuit.phase else { break }
            lengths.append(now.duration(to: end))
            now = end
            if round % 2 == 0 {
                call(&circuit, [.failed], at: now)
            } else {
                call(&circuit, [.answered], took: policy.slowAfter, at: now)
            }
        }
        #expect(lengths == [1, 2, 4, 8, 16, 30, 30].map { Duration.seconds($0) })
        guard case .open(let end) = circuit.phase else { return #expect(circuit.phase != .closed) }
        call(&circuit, [.answered, .answered, .answered], at: end)
        #expect(circuit.phase == .closed)
        call(&circuit, mostlyFailing(20), at: end)
        #expect(circuit.phase == .open(until: end + .seconds(1)), "having been closed, it opens for the first time")
    }

    @Test func `a result of an earlier generation does not count`() throws {
        var circuit = circuit()
        let old = try (0..<3).map { _ in try permit(&circuit, at: start) }
        call(&circuit, mostlyFailing(20), at: start)
        circuit.end(old[0], .answered, took: .zero, at: start)
        #expect(circuit.phase == .open(until: start + policy.openFor))
        let later = start + policy.openFor
        let probes = try (0..<3).map { _ in try permit(&circuit, at: later) }
        circuit.end(old[1], .answered, took: .zero, at: later)
        circuit.end(old[2], .failed, took: .zero, at: later)
        #expect(circuit.phase == .halfOpen(successes: 0))
        circuit.end(probes[0], .failed, took: .zero, at: later)
        #expect(circuit.phase == .open(until: later + .seconds(2)))
        let again = later + .seconds(2)
        let probe = try permit(&circuit, at: again)
        #expect(circuit.begin(at: again) == .refused(retryAfter: .seconds(1)), "two older probes are under way still")
        circuit.end(probes[1], .answered, took: .zero, at: again)
        circuit.end(probes[2], .failed, took: .zero, at: again)
        #expect(circuit.phase == .halfOpen(successes: 0))
        circuit.end(probe, .answered, took: .zero, at: again)
        #expect(circuit.phase == .halfOpen(successes: 1))
    }
}

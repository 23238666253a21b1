import ServiceKit
import ServiceTestSupport
import Testing

/// The state machine beside a second one that is too plain to be wrong, through many random lives.
@Suite struct CircuitModelTests {
    /// Remembers every result there ever was instead of counting in a ring.
    private struct Reference {
        enum Phase: Equatable { case closed, open(until: Int), halfOpen }

        let policy: CircuitPolicy
        var phase = Phase.closed
        /// How often the phase has changed.
        var era = 0
        var results: [(second: Int, failed: Bool, slow: Bool)] = []
        var successes = 0
        var openings = 0
        var probes: Set<Int> = []

        mutating func begin(_ call: Int, at now: Int) -> Bool {
            if case .open(let end) = phase, now >= end { enter(.halfOpen) }
            switch phase {
            case .closed: return true
            case .open: return false
            case .halfOpen:
                guard probes.count < policy.probes else { return false }
                probes.insert(call)
                return true
            }
        }

        mutating func end(_ call: Int, of era: Int, _ outcome: CircuitState.Outcome, slow: Bool, at now: Int) {
            probes.remove(call)
            guard era == self.era, outcome != .undecided else { return }
            results.append((now / 1000, outcome == .failed, slow))
            if phase == .halfOpen {
                if outcome == .failed || slow { return open(at: now) }
                successes += 1
                if successes == policy.probes {
                    openings = 0
                    enter(.closed)
                }
            } else {
                let counted = results.filter { $0.second > now / 1000 - policy.buckets }
                guard counted.count >= policy.minimumCalls else { return }
                let failures = counted.count { $0.failed } * 100
                let slow = counted.count { $0.slow } * 100
                if failures >= policy.failurePercent * counted.count || slow >= policy.slowPercent * counted.count {
                    open(at: now)
                }
            }
        }

        private mutating func open(at now: Int) {
            var length = 1000
            for _ in 0..<openings { length = min(30_000, length * 2) }
            openings += 1
            enter(.open(until: now + length))
        }

        private mutating func enter(_ phase: Phase) {
            self.phase = phase
            era += 1
            results = []
            successes = 0
        }
    }

    /// Two machines and the calls that are under way.
    private struct Life {
        let start = ContinuousClock.now
        var circuit: CircuitState
        var reference: Reference
        var now = 0
        var begun = 0
        var underWay: [(call: Int, era: Int, permit: CircuitState.Permit)] = []

        init(_ policy: CircuitPolicy) {
            circuit = CircuitState(policy, at: start)
            reference = Reference(policy: policy)
        }

        private var instant: ContinuousClock.Instant { start + .milliseconds(now) }

        /// Whether both decide the same.
        mutating func begin() -> Bool {
            begun += 1
            let expected = reference.begin(begun, at: now)
            switch circuit.begin(at: instant) {
            case .permitted(let permit):
                underWay.append((begun, reference.era, permit))
                return expected
            case .refused(let wait):
                return !expected && wait > .zero
            }
        }

        mutating func end(at index: Int, _ outcome: CircuitState.Outcome, slow: Bool) {
            let (call, era, permit) = underWay.remove(at: index)
            reference.end(call, of: era, outcome, slow: slow, at: now)
            circuit.end(permit, outcome, took: slow ? circuit.policy.slowAfter : .zero, at: instant)
        }

        /// Whether both are in the same phase, with no more probes under way than there may be.
        var agrees: Bool {
            guard reference.probes.count <= circuit.policy.probes else { return false }
            switch (circuit.phase, reference.phase) {
            case (.closed, .closed): return true
            case (.open(let end), .open(let expected)): return end == start + .milliseconds(expected)
            case (.halfOpen(let successes), .halfOpen): return successes == reference.successes
            default: return false
            }
        }
    }

    @Test(arguments: 1...40)
    func `no order of beginnings, ends and waits makes it do what the rules do not say`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var policy = CircuitPolicy()
        policy.minimumCalls = 8
        var life = Life(policy)
        var phases: Set<String> = []
        for step in 0..<5_000 {
            // Good times and bad times take turns.
            let failing = step / 200 % 2 == 0 ? 8 : 1
            switch UInt64.random(in: 0..<10, using: &random) {
            case 0..<5:
                let agrees = life.begin()
                #expect(agrees, "step \(step): it decides otherwise")
            case 5..<9:
                guard let index = life.underWay.indices.randomElement(using: &random) else { continue }
                let roll = Int.random(in: 0..<10, using: &random)
                let outcome: CircuitState.Outcome = roll < failing ? .failed : roll < 9 ? .answered : .undecided
                life.end(at: index, outcome, slow: Int.random(in: 0..<20, using: &random) == 0)
            default:
                life.now +=
                    Int.random(in: 0..<10, using: &random) == 0 ? 3_000 : Int.random(in: 0..<200, using: &random)
            }
            #expect(life.agrees, "step \(step): it is \(life.circuit.phase)")
            guard life.agrees else { return }
            phases.insert(CircuitBreaker.Status(life.circuit.phase).rawValue)
        }
        #expect(phases == ["closed", "open", "half-open"], "this life was too quiet to prove anything")
    }
}

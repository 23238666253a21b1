/// What a circuit breaker knows, as a value: events in, decisions out, no clock and no lock.
///
/// Closed, it lets every call through and counts how they end. Too many failures or slow calls open it: nothing passes
/// for a while. Then it is half-open: a few probes pass, and when they go well it closes; one that does not opens it
/// again, for longer. Every such change begins a generation, and a call counts only in the one it was permitted in: a
/// success that was under way when the circuit opened says nothing about now.
package struct CircuitState: Sendable {
    package enum Phase: Sendable, Equatable {
        case closed
        case open(until: ContinuousClock.Instant)
        case halfOpen(successes: Int)
    }

    /// What a call is let through with, and gives back once when it has ended.
    package struct Permit: Sendable, Equatable {
        fileprivate let generation: UInt64
        fileprivate let isProbe: Bool
    }

    package enum Decision: Sendable, Equatable {
        case permitted(Permit)
        /// Nothing will pass before `retryAfter`.
        case refused(retryAfter: Duration)
    }

    package enum Outcome: Sendable {
        /// It was answered, be it with a refusal of the caller's own making.
        case answered
        /// The other side could not be reached, broke off, was too late, or says that it failed.
        case failed
        /// Nothing was learnt about the other side: it was not asked, or the caller gave up.
        case undecided
    }

    /// When another place among the probes is free cannot be known.
    private static let probeWait = Duration.seconds(1)

    package let policy: CircuitPolicy
    package private(set) var phase = Phase.closed
    private var generation: UInt64 = 0
    private var window: CallWindow
    /// Those of earlier generations included, since they are a burden to the other side all the same.
    private var probesUnderWay = 0
    /// How often it has opened since it was last closed.
    private var openings = 0

    package init(_ policy: CircuitPolicy, at now: ContinuousClock.Instant) {
        self.policy = policy
        window = CallWindow(buckets: policy.buckets, of: policy.bucketLength, from: now)
    }

    /// What `begin` decides while the circuit is closed, whatever the time is; nil otherwise.
    var decisionIfClosed: Decision? {
        phase == .closed ? .permitted(Permit(generation: generation, isProbe: false)) : nil
    }

    package mutating func begin(at now: ContinuousClock.Instant) -> Decision {
        if let decision = decisionIfClosed { return decision }
        switch phase {
        case .open(let end) where now < end:
            return .refused(retryAfter: now.duration(to: end))
        case .open:
            change(to: .halfOpen(successes: 0))
        case .closed, .halfOpen:
            break
        }
        guard probesUnderWay < policy.probes else { return .refused(retryAfter: Self.probeWait) }
        probesUnderWay += 1
        return .permitted(Permit(generation: generation, isProbe: true))
    }

    /// - Parameter time: how long the call took.
    package mutating func end(
        _ permit: Permit, _ outcome: Outcome, took time: Duration, at now: ContinuousClock.Instant
    ) {
        if permit.isProbe { probesUnderWay -= 1 }
        guard permit.generation == generation, outcome != .undecided else { return }
        let (failed, slow) = (outcome == .failed, time >= policy.slowAfter)
        switch phase {
        case .closed:
            window.add(failed: failed, slow: slow, at: now)
            if isTooMuch(window.sum) { open(at: now) }
        case .halfOpen(let successes):
            if failed || slow {
                open(at: now)
            } else if successes + 1 < policy.probes {
                phase = .halfOpen(successes: successes + 1)
            } else {
                openings = 0
                window.clear()
                change(to: .closed)
            }
        case .open:
            // Permits are of another generation.
            break
        }
    }

    private func isTooMuch(_ sum: CallWindow.Tally) -> Bool {
        sum.calls >= policy.minimumCalls
            && (sum.failures * 100 >= sum.calls * policy.failurePercent
                || sum.slow * 100 >= sum.calls * policy.slowPercent)
    }

    private mutating func open(at now: ContinuousClock.Instant) {
        // Doubled no further than a number holds; the longest time is reached before.
        let time = min(policy.longestOpen, policy.openFor * (1 << min(openings, 20)))
        openings += 1
        change(to: .open(until: now.advanced(by: time)))
    }

    private mutating func change(to phase: Phase) {
        self.phase = phase
        generation += 1
    }
}

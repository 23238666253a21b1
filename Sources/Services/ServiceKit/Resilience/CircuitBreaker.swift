import Synchronization

/// Stops calls to something that does not work, so that callers learn it at once and it has a chance to recover. One
/// for each thing that can fail on its own; see ``CircuitState`` for the rules.
package final class CircuitBreaker: Sendable {
    package enum Status: String, Sendable {
        case closed
        case halfOpen = "half-open"
        case open
    }

    package let policy: CircuitPolicy
    private let state: Mutex<CircuitState>
    private let now: @Sendable () -> ContinuousClock.Instant
    private let onChange: @Sendable (Status) -> Void

    /// - Parameters:
    ///   - now: the monotonic clock.
    ///   - onChange: told every change in order, within the lock: it must not wait, nor ask the breaker anything.
    package init(
        _ policy: CircuitPolicy = CircuitPolicy(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now },
        onChange: @escaping @Sendable (Status) -> Void = { _ in }
    ) {
        self.policy = policy
        self.now = now
        self.onChange = onChange
        state = Mutex(CircuitState(policy, at: now()))
    }

    /// As of the latest call: a circuit whose time is over is half-open only when somebody asks.
    package var status: Status { state.withLock { Status($0.phase) } }

    /// Asks to make a call. Whoever is permitted calls `end` once.
    package func begin() -> CircuitState.Decision {
        change { $0.decisionIfClosed ?? $0.begin(at: now()) }
    }

    /// - Parameter time: how long the call took.
    package func end(_ permit: CircuitState.Permit, _ outcome: CircuitState.Outcome, took time: Duration) {
        change { $0.end(permit, outcome, took: time, at: now()) }
    }

    private func change<Result: Sendable>(_ body: (inout CircuitState) -> Result) -> Result {
        state.withLock { state in
            let before = Status(state.phase)
            let result = body(&state)
            let after = Status(state.phase)
            if after != before { onChange(after) }
            return result
        }
    }
}

extension CircuitBreaker.Status {
    package init(_ phase: CircuitState.Phase) {
        self =
            switch phase {
            case .closed: .closed
            case .halfOpen: .halfOpen
            case .open: .open
            }
    }
}

import Synchronization

/// How many calls may be made a second time: a share of all calls, so that repeats cannot multiply the load on
/// something that fails because of its load. Whoever calls seldom may repeat once a second nevertheless.
package final class RetryBudget: Sendable {
    private struct State {
        /// In hundredths of a repeat.
        var balance: Int
        /// Until when the reserve was filled.
        var filled: ContinuousClock.Instant
    }

    /// Repeats there may be at first, and after a quiet time.
    package static let reserve = 10
    /// Unused repeats that are kept: those of five times as many calls at 20 per cent.
    package static let savings = 100

    private let percent: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    /// - Parameters:
    ///   - percent: of the calls; 0 allows no repeat at all.
    ///   - now: the monotonic clock.
    package init(
        percent: Int, now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.percent = percent
        self.now = now
        state = Mutex(State(balance: percent == 0 ? 0 : Self.reserve * 100, filled: now()))
    }

    /// A call is made for the first time.
    package func earn() {
        state.withLock { $0.balance = min(Self.savings * 100, $0.balance + percent) }
    }

    /// Whether a call may be repeated now; if so, that is spent.
    package func spend() -> Bool {
        guard percent > 0 else { return false }
        return state.withLock { state in
            fill(&state)
            guard state.balance >= 100 else { return false }
            state.balance -= 100
            return true
        }
    }

    /// One repeat a second, up to the reserve.
    private func fill(_ state: inout State) {
        let now = now()
        let hundredths = state.filled.duration(to: now).wholeNanoseconds / 10_000_000
        guard hundredths > 0 else { return }
        state.filled = now
        let missing = max(0, Self.reserve * 100 - state.balance)
        state.balance += min(missing, Int(hundredths))
    }
}

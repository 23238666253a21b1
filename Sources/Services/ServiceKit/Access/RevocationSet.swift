import Synchronization

/// The sessions that were ended and whose access tokens may still be about. Bounded: a session is forgotten when its
/// last token has expired, and the oldest ones when there are too many.
package final class RevocationSet: Sendable {
    private struct State {
        /// When the last token of each expires.
        var ends: [String: ContinuousClock.Instant] = [:]
        /// The sessions as they came, which is nearly the order in which they end.
        var order: [String] = []
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// - Parameter capacity: 65,536 sessions take about ten megabytes; a user-service that hashes forty passwords a
    ///   second begins half as many within the life of an access token.
    package init(capacity: Int = 65_536) {
        self.capacity = capacity
    }

    package func contains(_ session: String) -> Bool {
        state.withLock { $0.ends[session] != nil }
    }

    package var count: Int { state.withLock { $0.ends.count } }

    /// Adds sessions with the end of their last token, and forgets those that are over at `now`.
    package func add(_ sessions: [(id: String, end: ContinuousClock.Instant)], now: ContinuousClock.Instant) {
        state.withLock { state in
            for session in sessions {
                if state.ends.updateValue(session.end, forKey: session.id) == nil { state.order.append(session.id) }
            }
            let over = state.order.prefix { state.ends[$0].map { $0 <= now } ?? true }.count
            let forgotten = max(over, state.order.count - capacity)
            for id in state.order.prefix(forgotten) { state.ends[id] = nil }
            state.order.removeFirst(forgotten)
        }
    }
}

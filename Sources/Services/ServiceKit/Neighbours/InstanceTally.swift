import Synchronization

/// What is known of one instance by one that calls it. It has a lock of its own, so that whoever has a lease need not look
/// for it.
final class InstanceTally: Sendable {
    struct Numbers {
        var inFlight = 0
        /// When it was last chosen, as a running number; breaks ties, so that equals take turns.
        var turn = 0
        var passedOverUntil: ContinuousClock.Instant?
        /// Calls that failed since the last one that did not.
        var failures = 0
        /// How often it was passed over for these.
        var ejections = 0
        var ejectedUntil: ContinuousClock.Instant?

        /// How good a choice the instance is: the least is the best.
        ///
        /// - Parameter now: asked only of one that has been passed over before.
        func rank(at now: () -> ContinuousClock.Instant) -> Rank {
            (isWilling(at: now) ? 0 : 1, inFlight, turn)
        }

        func isEjected(at now: () -> ContinuousClock.Instant) -> Bool {
            ejectedUntil.map { $0 > now() } ?? false
        }

        private func isWilling(at now: () -> ContinuousClock.Instant) -> Bool {
            (passedOverUntil.map { $0 <= now() } ?? true) && !isEjected(at: now)
        }
    }

    typealias Rank = (unwilling: Int, inFlight: Int, turn: Int)

    let numbers = Mutex(Numbers())

    var isIdle: Bool { numbers.withLock { $0.inFlight == 0 } }

    func rank(at now: () -> ContinuousClock.Instant) -> Rank { numbers.withLock { $0.rank(at: now) } }

    func isEjected(at now: () -> ContinuousClock.Instant) -> Bool { numbers.withLock { $0.isEjected(at: now) } }

    /// A request is sent to it.
    ///
    /// - Parameter turn: greater than any before.
    func begin(turn: Int) {
        numbers.withLock {
            $0.turn = turn
            $0.inFlight += 1
        }
    }

    func end() {
        numbers.withLock { $0.inFlight -= 1 }
    }
}

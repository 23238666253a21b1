import Synchronization

/// Bounds how many calls of one kind are under way, so that a slow one does not take what the others need. Nobody
/// waits: a queue in front of something slow only makes it later.
package final class Bulkhead: Sendable {
    private let limit: Int
    private let taken = Mutex(0)

    package init(limit: Int) {
        self.limit = limit
    }

    /// How many calls are under way.
    package var count: Int { taken.withLock(\.self) }

    /// A place for one call; nil when all are taken.
    package func enter() -> Place? {
        let isFree = taken.withLock { taken in
            guard taken < limit else { return false }
            taken += 1
            return true
        }
        return isFree ? Place(in: self) : nil
    }

    private func leave() {
        taken.withLock { $0 -= 1 }
    }

    /// One call's place, until `end` or until it is let go of: what is cancelled or dropped gives it back too.
    package final class Place: Sendable {
        private let bulkhead: Bulkhead
        private let isOver = Atomic(false)

        fileprivate init(in bulkhead: Bulkhead) {
            self.bulkhead = bulkhead
        }

        package func end() {
            if !isOver.exchange(true, ordering: .acquiringAndReleasing) { bulkhead.leave() }
        }

        deinit {
            end()
        }
    }
}

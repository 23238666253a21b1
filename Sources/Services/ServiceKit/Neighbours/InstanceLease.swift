import Synchronization

/// One request's place at an instance, from the choice until the answer has been passed on or was dropped.
package final class InstanceLease: Sendable {
    package let endpoint: Endpoint
    private let tally: InstanceTally
    private let pool: InstancePool
    private let isOver = Atomic(false)

    init(of endpoint: Endpoint, _ tally: InstanceTally, in pool: InstancePool) {
        self.endpoint = endpoint
        self.tally = tally
        self.pool = pool
    }

    /// Notes that the instance refused a connection.
    package func passOver() { pool.passOver(tally) }

    /// Notes what came of a call to the instance.
    package func report(_ verdict: InstancePool.Verdict) { pool.report(tally, verdict) }

    package func end() {
        if !isOver.exchange(true, ordering: .acquiringAndReleasing) { tally.end() }
    }

    /// A response whose client has gone is dropped without being written.
    deinit {
        end()
    }
}

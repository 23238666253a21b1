import Synchronization

/// One request's place at an instance, from the choice until the answer has been passed on or was dropped.
package final class InstanceLease: Sendable {
    package let endpoint: Endpoint
    private let pool: InstancePool
    private let isOver = Atomic(false)

    init(of endpoint: Endpoint, in pool: InstancePool) {
        self.endpoint = endpoint
        self.pool = pool
    }

    package func end() {
        if !isOver.exchange(true, ordering: .acquiringAndReleasing) { pool.release(endpoint) }
    }

    /// A response whose client has gone is dropped without being written.
    deinit {
        end()
    }
}

import Synchronization

/// One request's place at an instance, from the choice until the answer has been passed on or was dropped.
package final class InstanceLease: Sendable {
    package let endpoint: Endpoint
    private let release: @Sendable () -> Void
    private let isOver = Atomic(false)

    init(of endpoint: Endpoint, release: @escaping @Sendable () -> Void) {
        self.endpoint = endpoint
        self.release = release
    }

    package func end() {
        if !isOver.exchange(true, ordering: .acquiringAndReleasing) { release() }
    }

    /// A response whose client has gone is dropped without being written.
    deinit {
        end()
    }
}

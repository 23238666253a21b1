import Synchronization

/// Whether this instance wants requests: it does, until it is told to stop.
package final class Readiness: Sendable {
    /// For how long after its last answer a connection stays open while the instance stops. A client that uses connections
    /// again only within a shorter time never sends a request into one that is being closed; see ``OutgoingHTTP``.
    package static let idleTime = Duration.seconds(1)

    private let draining = Atomic(false)

    package init() {}

    package var isDraining: Bool { draining.load(ordering: .acquiring) }

    /// From now on every answer is the last one on its connection.
    package func drain() { draining.store(true, ordering: .releasing) }
}

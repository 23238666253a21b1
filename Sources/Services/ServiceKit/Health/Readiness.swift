import NIOCore
import Synchronization

/// Whether this instance wants requests: it does, until it is told to stop.
package final class Readiness: Sendable {
    /// For how long after its last answer a connection stays open while the instance stops, if anybody else serves. A
    /// client that reuses connections for less than that never sends a request into a closed one; see ``OutgoingHTTP``.
    package static let idleTime = Duration.seconds(1)

    private let draining = Mutex<Duration?>(nil)

    package init() {}

    package var isDraining: Bool { draining.withLock { $0 != nil } }

    /// From now on every answer is the last one on its connection.
    ///
    /// - Parameter idleTime: how long a connection without a request is kept when nothing new is accepted any more.
    package func drain(idleTime: Duration = Readiness.idleTime) {
        draining.withLock { $0 = $0 ?? idleTime }
    }

    var idleTime: TimeAmount { TimeAmount(draining.withLock { $0 } ?? Self.idleTime) }
}

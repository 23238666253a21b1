import ServiceLifecycle
import Synchronization

/// Whether this instance wants requests: it does, until it is told to stop.
package final class Readiness: Sendable {
    private let draining = Atomic(false)

    package init() {}

    package var isDraining: Bool { draining.load(ordering: .acquiring) }

    package func drain() { draining.store(true, ordering: .releasing) }
}

/// Turns readiness off when the process is asked to stop. It is the last service started, so the first one told.
struct DrainOnShutdown: Service {
    let readiness: Readiness

    func run() async throws {
        try await gracefulShutdown()
        readiness.drain()
    }
}

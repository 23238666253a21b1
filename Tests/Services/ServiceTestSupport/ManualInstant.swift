import Synchronization

/// A monotonic clock that moves only when a test turns it.
package final class ManualInstant: Sendable {
    private let instant = Mutex(ContinuousClock.now)

    package init() {}

    package var now: ContinuousClock.Instant { instant.withLock(\.self) }

    package func advance(by duration: Duration) {
        instant.withLock { $0 = $0.advanced(by: duration) }
    }
}

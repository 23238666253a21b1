import ServiceKit
import Synchronization

/// A wall clock that moves only when a test turns it.
package final class ManualClock: Sendable {
    private let time: Mutex<Timestamp>

    package init(_ start: Timestamp = .now()) {
        time = Mutex(start)
    }

    package func advance(by duration: Duration) {
        time.withLock { $0 = $0 + duration }
    }

    package var clock: WallClock {
        WallClock { self.time.withLock(\.self) }
    }
}

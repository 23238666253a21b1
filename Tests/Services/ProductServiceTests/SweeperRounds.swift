import ServiceKit
import ServiceTestSupport

@testable import product_service

/// Lets a test say when the sweeper goes round again, and know when it has.
final class SweeperRounds: Sendable {
    private let finished = AsyncStream<Void>.makeStream()
    private let wanted = AsyncStream<Void>.makeStream()

    /// The sweeper's pause: the round before it is over, the next begins when it is asked for.
    var pause: ReservationSweeper.Pause {
        { _ in
            self.finished.continuation.yield()
            for await _ in self.wanted.stream { return }
            throw CancellationError()
        }
    }

    /// Waits for the round the service begins with.
    func first() async {
        for await _ in finished.stream { return }
    }

    /// One more round, from beginning to end.
    func next() async {
        wanted.continuation.yield()
        await first()
    }
}

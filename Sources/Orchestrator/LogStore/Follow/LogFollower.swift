import StateDirectory

/// The lines of a query, those that are there and then those that come, in batches, for as long as it is read.
///
/// Runs and instances that appear later are followed too. While a run lives, its unfinished last line is held back;
/// when the run has ended it comes, marked as partial. For one reader; ends when the reading task is cancelled, or
/// when the follower is let go.
package struct LogFollower: AsyncSequence, Sendable {
    package typealias Element = LogBatch

    /// Ends the thread when nobody can read any more.
    fileprivate final class Owner: Sendable {
        let thread: FollowThread
        init(_ thread: FollowThread) { self.thread = thread }
        deinit { thread.cancel() }
    }
    private let owner: Owner

    /// Returns when the watches are set: what is written after this comes for certain, even with a tail of 0. There
    /// must be a directory of runs. A service need not have run yet. Throws ``LogError``.
    package static func start(
        layout: StateLayout, query: LogQuery, now: @escaping @Sendable () -> LogTime = LogTime.now
    ) async throws -> LogFollower {
        try await start(layout: layout, query: query, now: now, patience: 5_000)
    }

    /// When nothing is read for so many milliseconds, the index is let go.
    static func start(
        layout: StateLayout, query: LogQuery, now: @escaping @Sendable () -> LogTime = LogTime.now, patience: Int32
    ) async throws -> LogFollower {
        let thread = try await FollowThread.start(patience) {
            try FollowSession(layout: layout, query: query, now: now)
        }
        return LogFollower(owner: Owner(thread))
    }

    fileprivate init(owner: Owner) { self.owner = owner }

    /// What has been written until now still comes, then it ends; unfinished lines of living runs do not come.
    package func finish() { owner.thread.finish() }

    package func makeAsyncIterator() -> Iterator { Iterator(owner: owner) }

    package struct Iterator: AsyncIteratorProtocol {
        private let owner: Owner

        fileprivate init(owner: Owner) { self.owner = owner }

        package func next() async throws -> LogBatch? { try await owner.thread.next() }
    }
}

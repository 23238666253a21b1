import Synchronization

/// The limit of its account that a request was found to be under on its way in, for its answer to tell.
final class AppliedLimit: Sendable {
    @TaskLocal static var current: AppliedLimit?

    private let applied = Mutex<RateLimits.Applied?>(nil)

    var noted: RateLimits.Applied? { applied.withLock(\.self) }

    func note(_ limit: RateLimits.Applied) {
        applied.withLock { $0 = limit }
    }
}

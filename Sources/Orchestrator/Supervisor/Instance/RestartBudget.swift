import Manifest
import StateDirectory

/// Decides whether and when an instance that ended by itself starts again.
///
/// The first restart comes at once, the next after `delay`, doubling up to `maxDelay`, each with jitter of a quarter either
/// way. A run that lasted `stableMilliseconds` forgives what was before it. Too many restarts within `window` are a crash
/// loop: with `max_attempts` the instance is left alone; without, it is tried again every `maxDelay`.
package struct RestartBudget: Sendable, Hashable {
    package enum Decision: Sendable, Hashable {
        case leave
        case restart(afterMilliseconds: Int64)
        /// Crash-looping; nil when it is not tried again.
        case crashLooping(retryMilliseconds: Int64?)
    }

    /// A run of this length counts as a success of the start.
    package static let stableMilliseconds: Int64 = 10_000
    /// Restarts within the window that make a crash loop when the manifest gives no `max_attempts`.
    package static let defaultAttempts = 5

    /// Times of the restarts within the window, monotonic ms.
    package private(set) var recent: [Int64] = []
    /// Restarts since the last stable run.
    package private(set) var streak = 0

    package init() {}

    /// What a daemon before this one had counted in the same boot.
    package init(recent: [Int64], streak: Int) {
        self.recent = recent
        self.streak = streak
    }

    /// Decides for a run that ended now. `jitter` is from 0 to 1.
    package mutating func decide(
        _ policy: RestartPolicy, exit: ExitStatus, ranMilliseconds: Int64, now: Int64, jitter: Double
    ) -> Decision {
        switch policy.condition {
        case .never: return .leave
        case .onFailure where policy.isSuccess(exit): return .leave
        case .onFailure, .always: break
        }
        if ranMilliseconds >= Self.stableMilliseconds {
            streak = 0
            recent = []
        }
        recent.removeAll { now - $0 > policy.window.milliseconds }
        let limit = policy.maxAttempts ?? Self.defaultAttempts
        if recent.count >= limit || (policy.maxAttempts == nil && streak >= limit) {
            if policy.maxAttempts != nil { return .crashLooping(retryMilliseconds: nil) }
            streak += 1
            return .crashLooping(retryMilliseconds: jittered(policy.maxDelay.milliseconds, jitter))
        }
        recent.append(now)
        streak += 1
        return .restart(afterMilliseconds: jittered(pause(policy, streak: streak), jitter))
    }

    private func pause(_ policy: RestartPolicy, streak: Int) -> Int64 {
        guard streak > 1 else { return 0 }
        let doublings = min(streak - 2, 40)
        let delay = policy.delay.milliseconds
        let most = policy.maxDelay.milliseconds
        return delay > most >> Int64(doublings) ? most : delay << Int64(doublings)
    }

    private func jittered(_ milliseconds: Int64, _ jitter: Double) -> Int64 {
        Int64(Double(milliseconds) * (0.75 + 0.5 * jitter))
    }
}

extension Duration {
    package var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}

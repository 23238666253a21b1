import ServiceKit
import Synchronization

/// A token bucket for each key, such as a client, in bounded memory.
///
/// A bucket is one number: when it will be full. One that is full is as good as none, so it is forgotten when room is
/// needed; when none is full, the fullest go first. That forgives their keys what they used, which is the least that
/// can be forgiven: who floods the table with new keys cannot empty or refill the bucket of one who is being held back.
final class TokenBuckets<Key: Hashable & Sendable>: Sendable {
    let quota: TokenQuota
    private let capacity: Int
    private let origin: ContinuousClock.Instant
    private let now: @Sendable () -> ContinuousClock.Instant
    /// When each is full, in nanoseconds since `origin`.
    private let buckets = Mutex<[Key: Int64]>([:])

    /// - Parameters:
    ///   - capacity: how many buckets there are at most.
    ///   - now: the monotonic clock.
    init(
        _ quota: TokenQuota, capacity: Int = 20_000,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.quota = quota
        self.capacity = capacity
        self.now = now
        origin = now()
    }

    /// How many buckets there are.
    var count: Int { buckets.withLock(\.count) }

    /// Takes a token out of the bucket of `key`; false when there is none.
    func take(_ key: Key) -> Bool { takeWithLevel(key).taken }

    /// The same, and what is in the bucket then.
    func takeWithLevel(_ key: Key) -> (taken: Bool, level: TokenQuota.Level) {
        buckets.withLock { buckets in
            let time = elapsed
            let full: Int64
            if let index = buckets.index(forKey: key) {
                let before = max(time, buckets.values[index])
                full = before + quota.interval
                guard full - time <= quota.depth else {
                    return (false, TokenQuota.Level(missing: before - time, of: quota))
                }
                buckets.values[index] = full
            } else {
                full = time + quota.interval
                if buckets.count >= capacity { makeRoom(in: &buckets, at: time) }
                buckets[key] = full
            }
            return (true, TokenQuota.Level(missing: full - time, of: quota))
        }
    }

    /// What is in the bucket of `key`.
    func level(of key: Key) -> TokenQuota.Level {
        buckets.withLock { buckets in
            let time = elapsed
            return TokenQuota.Level(missing: (buckets[key] ?? time) - time, of: quota)
        }
    }

    private var elapsed: Int64 { origin.duration(to: now()).wholeNanoseconds }

    /// Forgets an eighth or more at a time, so that the work is spread over as many new keys.
    private func makeRoom(in buckets: inout [Key: Int64], at time: Int64) {
        buckets = buckets.filter { $0.value > time }
        let kept = capacity - max(1, capacity / 8)
        guard buckets.count > kept else { return }
        let fullest = buckets.sorted { $0.value < $1.value }.prefix(buckets.count - kept)
        for bucket in fullest { buckets[bucket.key] = nil }
    }
}

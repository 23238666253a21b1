/// A token bucket: it holds `burst` tokens at most and gains `perMinute` of them in a minute.
struct TokenQuota: Sendable, Equatable {
    let burst: Int
    let perMinute: Int
    /// Nanoseconds in which one token comes.
    let interval: Int64
    /// Nanoseconds in which an empty bucket is full.
    let depth: Int64

    init(burst: Int, perMinute: Int) {
        precondition(burst > 0 && perMinute > 0)
        self.burst = burst
        self.perMinute = perMinute
        interval = 60_000_000_000 / Int64(perMinute)
        depth = interval * Int64(burst)
    }

    /// In how many whole seconds an empty bucket is full.
    var window: Int { (burst * 60 + perMinute - 1) / perMinute }

    /// What is in a bucket.
    struct Level: Sendable, Equatable {
        let remaining: Int
        /// In how many whole seconds there is another token; nil when it is full.
        let nextAfter: Int?

        /// - Parameter missing: nanoseconds until it is full.
        init(missing: Int64, of quota: TokenQuota) {
            let missing = max(0, missing)
            remaining = Int((quota.depth - missing) / quota.interval)
            let next = missing - Int64(quota.burst - remaining - 1) * quota.interval
            nextAfter = missing == 0 ? nil : Int((next + 999_999_999) / 1_000_000_000)
        }
    }
}

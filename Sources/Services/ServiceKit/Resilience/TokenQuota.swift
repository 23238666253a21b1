/// A token bucket: it holds `burst` tokens at most and gains `perMinute` of them in a minute.
package struct TokenQuota: Sendable, Equatable {
    package let burst: Int
    package let perMinute: Int

    package init(burst: Int, perMinute: Int) {
        precondition(burst > 0 && perMinute > 0)
        self.burst = burst
        self.perMinute = perMinute
    }

    /// In how many whole seconds an empty bucket is full.
    package var window: Int { (burst * 60 + perMinute - 1) / perMinute }

    /// Nanoseconds in which one token comes.
    var interval: Int64 { 60_000_000_000 / Int64(perMinute) }

    /// Nanoseconds in which an empty bucket is full.
    var depth: Int64 { interval * Int64(burst) }

    /// What is in a bucket.
    package struct Level: Sendable, Equatable {
        package let remaining: Int
        /// In how many whole seconds there is another token; nil when it is full.
        package let nextAfter: Int?

        /// - Parameter missing: nanoseconds until it is full.
        init(missing: Int64, of quota: TokenQuota) {
            let missing = max(0, missing)
            remaining = Int((quota.depth - missing) / quota.interval)
            let next = missing - Int64(quota.burst - remaining - 1) * quota.interval
            nextAfter = missing == 0 ? nil : Int((next + 999_999_999) / 1_000_000_000)
        }
    }
}

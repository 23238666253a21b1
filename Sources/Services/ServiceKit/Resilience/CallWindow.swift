/// How the calls of the latest seconds ended, counted in buckets of time. Never allocates after it was made.
struct CallWindow: Sendable {
    struct Tally: Sendable, Equatable {
        var calls = 0
        var failures = 0
        var slow = 0

        static func -= (one: inout Tally, other: Tally) {
            one.calls -= other.calls
            one.failures -= other.failures
            one.slow -= other.slow
        }

        mutating func add(failed: Bool, slow isSlow: Bool) {
            calls += 1
            if failed { failures += 1 }
            if isSlow { slow += 1 }
        }
    }

    private let origin: ContinuousClock.Instant
    private let bucketLength: Int64
    /// A ring: bucket number n is at n modulo count.
    private var buckets: [Tally]
    private var current: Int64 = 0
    /// Of all buckets.
    private(set) var sum = Tally()

    /// - Parameter origin: when the first bucket begins.
    init(buckets: Int, of length: Duration, from origin: ContinuousClock.Instant) {
        precondition(buckets > 0 && length > .zero)
        self.origin = origin
        bucketLength = length.wholeNanoseconds
        self.buckets = Array(repeating: Tally(), count: buckets)
    }

    mutating func add(failed: Bool, slow: Bool, at now: ContinuousClock.Instant) {
        advance(to: now)
        buckets[Int(current % Int64(buckets.count))].add(failed: failed, slow: slow)
        sum.add(failed: failed, slow: slow)
    }

    mutating func clear() {
        for index in buckets.indices { buckets[index] = Tally() }
        sum = Tally()
    }

    /// Lets go of the buckets that are too old. A time before the latest one seen counts as that.
    private mutating func advance(to now: ContinuousClock.Instant) {
        let number = origin.duration(to: now).wholeNanoseconds / bucketLength
        guard number > current else { return }
        if number - current >= Int64(buckets.count) {
            clear()
            current = number
        }
        while current < number {
            current += 1
            let index = Int(current % Int64(buckets.count))
            sum -= buckets[index]
            buckets[index] = Tally()
        }
    }
}

import Synchronization

/// The values of a histogram that have the same labels. Whoever measures often looks it up once and keeps it.
package final class HistogramSeries: Sendable {
    struct Numbers: Sendable {
        var sum = 0.0
        var count = 0
        /// How many values fell into each bucket, not cumulated.
        var buckets: [Int]
    }

    private let bounds: [Double]
    private let numbers: Mutex<Numbers>

    /// - Parameter bounds: inclusive upper bounds in rising order.
    init(bounds: [Double]) {
        self.bounds = bounds
        numbers = Mutex(Numbers(buckets: Array(repeating: 0, count: bounds.count)))
    }

    package func observe(_ value: Double) {
        var bucket = 0
        while bucket < bounds.count, value > bounds[bucket] { bucket += 1 }
        let isBounded = bucket < bounds.count && value <= bounds[bucket]
        numbers.withLock { numbers in
            numbers.sum += value
            numbers.count += 1
            if isBounded { numbers.buckets[bucket] += 1 }
        }
    }

    var current: Numbers { numbers.withLock(\.self) }
}

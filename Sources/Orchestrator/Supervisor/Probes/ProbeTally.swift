import StateDirectory

/// What one probe of an instance has come to since this daemon began: every answer, however it came out.
package struct ProbeTally: Sendable, Hashable {
    /// Upper bounds of how long an answer took, in seconds; the last bucket has none.
    package static let bounds = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 30]

    /// Answers by how long they took: more than the bound before, and at most the bucket's own.
    package private(set) var buckets = Array(repeating: 0, count: bounds.count + 1)
    private var microseconds: Int64 = 0
    /// Answers that were no pass, those of an instance that was still starting included.
    package private(set) var failures = 0

    package init() {}

    package var answers: Int { buckets.reduce(0, +) }
    /// How long all of them took together.
    package var seconds: Double { Double(microseconds) / 1_000_000 }

    package mutating func add(_ report: ProbeReport) {
        let duration = report.latencyMilliseconds / 1000
        buckets[Self.bounds.firstIndex { duration <= $0 } ?? Self.bounds.count] += 1
        microseconds += Int64((duration * 1_000_000).rounded())
        if report.outcome != .passed { failures += 1 }
    }
}

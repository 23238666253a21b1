import StateDirectory

/// Spans on one time axis: who called whom, what the whole waited for, and where nobody said anything.
package struct TraceTimeline {
    package struct Row {
        package let span: TraceSpan
        /// Callers above it.
        package let depth: Int
        /// The row of its caller, which stands above it; nil when it has none here.
        package let parent: Int?
        /// How much of the whole's time went by in this span and in none that it waited for; zero off the critical path.
        package var critical: Duration = .zero
    }
    /// A stretch in which nothing was written.
    package struct Gap {
        package let start: LogTime
        package let end: LogTime
        /// Of the line before it.
        package let instance: InstanceID

        package var duration: Duration { .nanoseconds(end.nanoseconds - start.nanoseconds) }
    }
    package let start: LogTime
    package let end: LogTime
    /// Callers before those they call, in the order in which they began.
    package private(set) var rows: [Row]
    package let gaps: [Gap]

    package var duration: Duration { .nanoseconds(end.nanoseconds - start.nanoseconds) }

    /// nil when there are no lines.
    package init?(_ lines: [LogLine]) {
        let spans = TraceSpan.spans(of: lines)
        guard let start = spans.map(\.start).min(), let end = spans.map(\.end).max() else { return nil }
        self.start = start
        self.end = end
        let tree = SpanTree(spans)
        gaps = Self.gaps(lines, of: .nanoseconds(end.nanoseconds - start.nanoseconds))
        rows = tree.rows
    }

    /// Between two lines: a tenth of the whole, and at least a millisecond, which is what most clocks in logs tell.
    private static func gaps(_ lines: [LogLine], of whole: Duration) -> [Gap] {
        let least = max(whole / 10, .milliseconds(2))
        let lines = lines.sorted { $0.time < $1.time }
        return zip(lines, lines.dropFirst()).compactMap { before, after in
            let gap = Gap(start: before.time, end: after.time, instance: before.instance)
            return gap.duration >= least ? gap : nil
        }
    }
}

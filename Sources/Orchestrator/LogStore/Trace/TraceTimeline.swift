import StateDirectory

/// Spans on one time axis: who called whom, what the whole waited for, and where nobody said anything.
package struct TraceTimeline {
    package struct Row {
        package let span: TraceSpan
        /// Callers above it.
        package let depth: Int
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
        rows = tree.rows
        gaps = Self.gaps(lines, of: .nanoseconds(end.nanoseconds - start.nanoseconds))
        let path = tree.criticalPath()
        for index in rows.indices { rows[index].critical = path[rows[index].span.id] ?? .zero }
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

/// Spans as callers and called.
private struct SpanTree {
    private let spans: [TraceSpan]
    private var children: [String: [Int]] = [:]
    private var roots: [Int] = []

    init(_ spans: [TraceSpan]) {
        self.spans = spans
        let indices = Dictionary(spans.enumerated().map { ($1.id, $0) }) { first, _ in first }
        for (index, span) in spans.enumerated() {
            if let parent = span.parentID.flatMap({ indices[$0] }), !isAbove(index, parent, indices) {
                children[spans[parent].id, default: []].append(index)
            } else {
                roots.append(index)
            }
        }
    }

    /// Whether `index` is `other` or above it: ids that go round in a circle come from elsewhere, and must end.
    private func isAbove(_ index: Int, _ other: Int, _ indices: [String: Int]) -> Bool {
        var current: Int? = other
        for _ in 0...spans.count {
            guard let here = current else { return false }
            if here == index { return true }
            current = spans[here].parentID.flatMap { indices[$0] }
        }
        return true
    }

    var rows: [TraceTimeline.Row] {
        var rows: [TraceTimeline.Row] = []
        var next = roots.reversed().map { (index: $0, depth: 0) }
        while let (index, depth) = next.popLast() {
            rows.append(.init(span: spans[index], depth: depth))
            next += (children[spans[index].id] ?? []).reversed().map { ($0, depth + 1) }
        }
        return rows
    }

    /// By span, the time that nothing but that span could have shortened: from the end backwards, always into the child
    /// that ended last.
    func criticalPath() -> [String: Duration] {
        var times: [String: Duration] = [:]
        guard let last = roots.max(by: { spans[$0].end < spans[$1].end }) else { return times }
        var next = [(index: last, end: spans[last].end)]
        while let (index, end) = next.popLast() {
            let span = spans[index]
            var reached = min(end, span.end)
            var own = Duration.zero
            for child in (children[span.id] ?? []).sorted(by: { spans[$0].end > spans[$1].end }) {
                let childEnd = min(spans[child].end, reached)
                guard spans[child].start < reached, childEnd > span.start else { continue }
                own += .nanoseconds(reached.nanoseconds - childEnd.nanoseconds)
                next.append((child, childEnd))
                reached = max(spans[child].start, span.start)
            }
            own += .nanoseconds(max(0, reached.nanoseconds - span.start.nanoseconds))
            times[span.id, default: .zero] += own
        }
        return times
    }
}

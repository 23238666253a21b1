/// Spans as callers and called, by their places in a list: two services may write one id (B3's shared spans), so that an id is
/// no key.
struct SpanTree {
    private let spans: [TraceSpan]
    private var parents: [Int?]
    private var children: [[Int]]
    private var roots: [Int] = []

    /// - Parameter spans: earliest first.
    init(_ spans: [TraceSpan]) {
        self.spans = spans
        parents = Array(repeating: nil, count: spans.count)
        children = Array(repeating: [], count: spans.count)
        let places = Dictionary(grouping: spans.indices) { spans[$0].id }
        for index in spans.indices {
            if let parent = caller(of: index, places), !isAbove(index, parent) {
                parents[index] = parent
                children[parent].append(index)
            } else {
                roots.append(index)
            }
        }
    }

    /// A span of the same id around it, which is the caller's side of one call; else the span that it names; else, of one
    /// whose service does not name its caller, the smallest around it.
    private func caller(of index: Int, _ places: [String: [Int]]) -> Int? {
        let span = spans[index]
        if let shared = smallest(of: places[span.id] ?? [], around: index) { return shared }
        if let parent = span.parentID, parent != span.id, let named = places[parent] {
            // Clocks differ: the only one it can be need not lie around it. Of several one that began before it.
            return smallest(of: named, around: index)
                ?? named.first { named.count == 1 || ($0 != index && spans[$0].start <= span.start) }
        }
        return smallest(of: spans.indices, around: index)
    }

    /// Of some spans the shortest of another instance in whose time one lies. Times are written in milliseconds, so a caller
    /// may seem to begin one later.
    private func smallest(of places: some Sequence<Int>, around index: Int) -> Int? {
        let span = spans[index]
        let start = span.start.advanced(by: .milliseconds(1))
        let end = span.end.advanced(by: .milliseconds(-1))
        var found: Int?
        for place in places
        where spans[place].instance != span.instance && spans[place].duration > span.duration
            && spans[place].start <= start && spans[place].end >= end
        {
            if let best = found, spans[best].duration <= spans[place].duration { continue }
            found = place
        }
        return found
    }

    /// Whether `index` is `other` or above it: ids that go round in a circle come from elsewhere, and must end.
    private func isAbove(_ index: Int, _ other: Int) -> Bool {
        var current: Int? = other
        while let here = current {
            if here == index { return true }
            current = parents[here]
        }
        return false
    }

    var rows: [TraceTimeline.Row] {
        let critical = criticalPath()
        var rows: [TraceTimeline.Row] = []
        var next = roots.reversed().map { (index: $0, depth: 0, parent: nil as Int?) }
        while let (index, depth, parent) = next.popLast() {
            next += children[index].reversed().map { ($0, depth + 1, rows.count) }
            rows.append(.init(span: spans[index], depth: depth, parent: parent, critical: critical[index]))
        }
        return rows
    }

    /// Of each span the time that nothing but that span could have shortened: from the end backwards, always into the child
    /// that ended last.
    private func criticalPath() -> [Duration] {
        var times = Array(repeating: Duration.zero, count: spans.count)
        guard let last = roots.max(by: { spans[$0].end < spans[$1].end }) else { return times }
        var next = [(index: last, end: spans[last].end)]
        while let (index, end) = next.popLast() {
            let span = spans[index]
            var reached = min(end, span.end)
            var own = Duration.zero
            for child in children[index].sorted(by: { spans[$0].end > spans[$1].end }) {
                let childEnd = min(spans[child].end, reached)
                guard spans[child].start < reached, childEnd > span.start else { continue }
                own += .nanoseconds(reached.nanoseconds - childEnd.nanoseconds)
                next.append((child, childEnd))
                reached = max(spans[child].start, span.start)
            }
            times[index] = own + .nanoseconds(max(0, reached.nanoseconds - span.start.nanoseconds))
        }
        return times
    }
}

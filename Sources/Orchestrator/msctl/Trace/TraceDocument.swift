import LogStore
import StateDirectory

/// `msctl.trace/1`. Times count from the trace's beginning, in milliseconds.
struct TraceDocument: Encodable {
    let schema = "msctl.trace/1"
    let id: String
    let traceIds: [String]
    let start: String
    let durationMs: Double
    let spans: [Span]
    let gaps: [Gap]
    let lines: [Line]

    struct Span: Encodable {
        let spanId: String
        let parentSpanId: String?
        /// Its caller's place among the spans, from 0: where services share an id, the id does not tell.
        let parent: Int?
        let service: String
        let instance: String
        let name: String
        let startMs: Double
        let durationMs: Double
        /// On the critical path: the time that passed in this span and in none that it waited for.
        let criticalMs: Double
        let status: Int?
        let failed: Bool
    }
    struct Gap: Encodable {
        let startMs: Double
        let durationMs: Double
        let instance: String
    }
    struct Line: Encodable {
        let timeMs: Double
        let service: String
        let instance: String
        let run: Int
        let stream: String
        let offset: Int64
        let level: String?
        let spanId: String?
        let message: String
    }

    init(_ id: String, _ search: TraceSearch, _ timeline: TraceTimeline) {
        func at(_ time: LogTime) -> Double {
            Double(time.nanoseconds - timeline.start.nanoseconds) / 1_000_000
        }
        self.id = id
        traceIds = search.traceIDs
        start = timeline.start.text
        durationMs = timeline.duration / .milliseconds(1)
        spans = timeline.rows.map { row in
            Span(
                spanId: row.span.id,
                parentSpanId: row.parent.map { timeline.rows[$0].span.id } ?? row.span.parentID, parent: row.parent,
                service: row.span.instance.service, instance: row.span.instance.description, name: row.span.name,
                startMs: at(row.span.start), durationMs: row.span.duration / .milliseconds(1),
                criticalMs: row.critical / .milliseconds(1), status: row.span.status, failed: row.span.isFailed)
        }
        gaps = timeline.gaps.map {
            Gap(startMs: at($0.start), durationMs: $0.duration / .milliseconds(1), instance: $0.instance.description)
        }
        lines = search.lines.map { line in
            Line(
                timeMs: at(line.time), service: line.instance.service, instance: line.instance.description,
                run: line.run, stream: line.stream.rawValue, offset: line.offset, level: line.level?.name,
                spanId: line.spanID, message: line.message)
        }
    }
}

import StateDirectory

/// One piece of work of one instance, as its lines tell.
package struct TraceSpan: Sendable {
    /// As the service calls it, and perhaps another does; made up where it gives none.
    package let id: String
    /// As the service calls its caller, if it does.
    package let parentID: String?
    package let instance: InstanceID
    /// `POST /orders`, or the first thing that it said.
    package let name: String
    package let start: LogTime
    package let end: LogTime
    /// An HTTP status, when a line has one.
    package let status: Int?
    /// A line at `error` or above, or a status of 500 and up.
    package let isFailed: Bool

    /// Groups lines by instance and span; those without a span id are one span of their instance. Earliest first.
    package static func spans(of lines: [LogLine]) -> [TraceSpan] {
        var groups: [Key: [(LogLine, SpanFields)]] = [:]
        for line in lines {
            groups[Key(instance: line.instance, span: line.spanID), default: []].append((line, SpanFields(line)))
        }
        let spans = groups.compactMap { key, lines in TraceSpan(key, lines) }
        return spans.sorted {
            ($0.start, $1.end, $0.instance, $0.id) < ($1.start, $0.end, $1.instance, $1.id)
        }
    }

    private struct Key: Hashable {
        let instance: InstanceID
        let span: String?
    }

    private init?(_ key: Key, _ lines: [(line: LogLine, fields: SpanFields)]) {
        guard let first = lines.first?.line else { return nil }
        id = key.span ?? "\(key.instance)"
        instance = key.instance
        parentID = lines.lazy.compactMap(\.fields.parent).first
        // A line that says how long something took stands at its end.
        let starts = lines.map { $0.line.time.advanced(by: .zero - ($0.fields.duration ?? .zero)) }
        start = starts.min() ?? first.time
        end = lines.map(\.line.time).max() ?? first.time
        name = lines.lazy.compactMap(\.fields.name).first ?? first.message
        status = lines.lazy.compactMap(\.fields.status).last
        isFailed = (status ?? 0) >= 500 || lines.contains { ($0.line.level ?? .info) >= .error }
    }

    package var duration: Duration { .nanoseconds(end.nanoseconds - start.nanoseconds) }
}

/// What loggers write of a span, under their usual names.
private struct SpanFields {
    private(set) var parent: String?
    private(set) var duration: Duration?
    private(set) var status: Int?
    private var method: String?
    private var path: String?

    init(_ line: LogLine) {
        LineScanner.forEachField(of: line.bytes) { key, value in
            let name = String(decoding: line.bytes[key], as: UTF8.self)
            guard Self.names.contains(name), let text = value.text(in: line.bytes) else { return }
            switch name {
            case "parentSpanId", "parent_span_id", "parent.id", "parentId": parent = parent ?? text
            case "durationMs", "duration_ms", "elapsed_ms", "responseTime", "latencyMs", "latency_ms":
                duration = duration ?? Double(text).flatMap(Self.milliseconds)
            case "status", "statusCode", "status_code", "http.response.status_code": status = status ?? Int(text)
            case "method", "http.request.method": method = method ?? text
            default: path = path ?? text
            }
        }
    }

    private static let names: Set<String> = [
        "parentSpanId", "parent_span_id", "parent.id", "parentId", "durationMs", "duration_ms", "elapsed_ms",
        "responseTime", "latencyMs", "latency_ms", "status", "statusCode", "status_code", "http.response.status_code",
        "method", "http.request.method", "path", "url", "url.path",
    ]

    /// A day at most: what is longer is no duration.
    private static func milliseconds(_ value: Double) -> Duration? {
        (0...86_400_000).contains(value) ? .microseconds(Int64((value * 1_000).rounded())) : nil
    }

    var name: String? {
        guard let method, let path else { return nil }
        return "\(method) \(path)"
    }
}

import Logging
import Synchronization

/// Counts every request in the metrics and writes its line, "request".
package final class AccessLog: Sendable {
    /// What tells the series of durations apart. There are few: routes and methods are those that the service knows.
    private struct Labels: Hashable {
        let method: String
        let route: String
        let status: Int
        let failure: String?

        /// By what is at hand; the few that have all of it in common are told apart by `==`.
        func hash(into hasher: inout Hasher) {
            hasher.combine(status &<< 16 ^ route.utf8.count &<< 4 ^ method.utf8.count)
        }
    }

    private let logger: Logger
    /// Writes lines without a dictionary of their fields; nil when they might have others than ours.
    let direct: JSONLogHandler?
    private let durations: Histogram
    private let series = Mutex<[Labels: HistogramSeries]>([:])

    package init(logger: Logger, metrics: MetricsRegistry) {
        self.logger = logger
        direct = (logger.handler as? JSONLogHandler).flatMap { $0.writesNothing(but: Self.fields) ? $0 : nil }
        durations = metrics.histogram(
            "http_server_request_duration_seconds", "Duration of HTTP server requests.",
            buckets: Histogram.requestSeconds)
    }

    package func write(_ entry: AccessEntry) {
        series(of: entry).observe(Double(entry.duration.wholeNanoseconds) / 1_000_000_000)
        let level: Logger.Level = entry.isQuiet ? .debug : .info
        if let direct {
            guard level >= direct.logLevel else { return }
            direct.write(level, "request", by: entry.identity, reserving: entry.size) { entry.write(to: &$0) }
        } else {
            RequestIdentity.$current.withValue(entry.identity) {
                logger.log(level: level, "request", metadata: entry.metadata)
            }
        }
    }

    /// Lines for ``write(_:into:)``; nil where lines may have fields that are not ours, and each is written by itself.
    package func batch() -> LineBatch? { direct?.batch() }

    /// The same, with the line in `batch`.
    package func write(_ entry: AccessEntry, into batch: LineBatch) {
        guard let direct else { return write(entry) }
        series(of: entry).observe(Double(entry.duration.wholeNanoseconds) / 1_000_000_000)
        let level: Logger.Level = entry.isQuiet ? .debug : .info
        guard level >= direct.logLevel else { return }
        batch.add { lines in
            direct.write(level, "request", by: entry.identity, to: &lines, reserving: entry.size) {
                entry.write(to: &$0)
            }
        }
    }

    private func series(of entry: AccessEntry) -> HistogramSeries {
        let labels = Labels(
            method: entry.methodLabel, route: entry.routeLabel, status: entry.status, failure: entry.failure)
        return series.withLock { series in
            if let known = series[labels] { return known }
            let status = String(labels.status)
            let new = durations.series([
                "http_request_method": labels.method, "url_scheme": "http", "http_route": labels.route,
                "http_response_status_code": status,
                "error_type": labels.failure ?? (labels.status >= 500 ? status : ""),
            ])
            series[labels] = new
            return new
        }
    }

    /// Those that a line may have.
    private static let fields = [
        "durationMs", "failure", "method", "path", "route", "status", "upstream", "upstreamMs", "upstreamTries",
    ]
}

extension AccessEntry {
    /// Room for ``write(to:)``: that of the names, the method and the numbers, and of the texts.
    fileprivate var size: Int {
        144 + 4 * LineWriter.numberSize + LineWriter.size(of: failure) + LineWriter.size(of: path)
            + LineWriter.size(of: routeLabel) + LineWriter.size(of: upstream)
    }

    /// The fields in the order of their names, for ``AccessLog`` only: ``metadata`` says the same.
    fileprivate func write(to line: inout LineWriter) {
        line.member(#","durationMs":"#, thousandths: duration.roundedMicroseconds)
        if let failure { line.member(#","failure":""#, failure) }
        line.member(#","method":""#, plain: methodLabel)
        line.member(#","path":""#, path)
        line.member(#","route":""#, routeLabel)
        line.member(#","status":"#, status)
        if let upstream { line.member(#","upstream":""#, upstream) }
        if let upstreamTime { line.member(#","upstreamMs":"#, thousandths: upstreamTime.roundedMicroseconds) }
        if let upstreamTries { line.member(#","upstreamTries":"#, upstreamTries) }
    }

    fileprivate var metadata: Logger.Metadata {
        func milliseconds(_ time: Duration) -> Logger.MetadataValue {
            .stringConvertible(Double(time.roundedMicroseconds) / 1000)
        }
        var fields: Logger.Metadata = [
            "method": .string(methodLabel), "path": .string(path), "route": .string(routeLabel),
            "status": .stringConvertible(status), "durationMs": milliseconds(duration),
        ]
        if let failure { fields["failure"] = .string(failure) }
        if let upstream { fields["upstream"] = .string(upstream) }
        if let upstreamTime { fields["upstreamMs"] = milliseconds(upstreamTime) }
        if let upstreamTries { fields["upstreamTries"] = .stringConvertible(upstreamTries) }
        return fields
    }
}

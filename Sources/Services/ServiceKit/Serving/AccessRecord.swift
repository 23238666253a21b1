import HTTPTypes
import Hummingbird
import Logging
import Synchronization

/// One request's line in the access log and its place in the metrics: written once, when the answer has come to its end, or
/// has been dropped because nobody takes it.
final class AccessRecord: Sendable {
    private let request: Request
    private let context: ShopContext
    private let start: ContinuousClock.Instant
    private let durations: Histogram
    private let paths: LoggedPath
    /// Of an answer that has begun.
    private let begun = Mutex<HTTPResponse.Status?>(nil)
    private let isWritten = Atomic(false)

    init(
        of request: Request, _ context: ShopContext, since start: ContinuousClock.Instant, _ durations: Histogram,
        _ paths: LoggedPath
    ) {
        self.request = request
        self.context = context
        self.start = start
        self.durations = durations
        self.paths = paths
    }

    deinit {
        if let status = begun.withLock(\.self) { end(status, "client-gone") }
    }

    /// `response`, whose end is that of the request: at once when all of it is at hand, else when it has been passed on.
    func ending(with response: Response) -> Response {
        guard response.body.contentLength == nil else {
            end(response.status)
            return response
        }
        begun.withLock { $0 = response.status }
        var response = response
        response.body = ResponseBody { [self, body = response.body, status = response.status] writer in
            do {
                try await body.write(writer)
                end(status)
            } catch {
                end(status, "broken")
                throw error
            }
        }
        return response
    }

    /// - Parameter failure: what went wrong on the way, if the status does not say it.
    func end(_ status: HTTPResponse.Status, _ failure: String? = nil) {
        guard !isWritten.exchange(true, ordering: .acquiringAndReleasing) else { return }
        let seconds = start.duration(to: .now) / .seconds(1)
        let matched = context.endpointPath.flatMap { $0 == "NotFound" ? nil : $0 }
        // A label must not grow with what clients invent: unknown paths and methods share one value. Nor must the log
        // repeat it, which may be a password that somebody typed in the wrong place.
        let method = request.method.isKnown ? request.method.rawValue : "_OTHER"
        durations.observe(
            seconds,
            [
                "http_request_method": method, "url_scheme": "http", "http_route": matched ?? "unmatched",
                "http_response_status_code": String(status.code),
                "error_type": failure ?? (status.code >= 500 ? String(status.code) : ""),
            ])
        var fields: Logger.Metadata = [
            "method": .string(method),
            "path": .string(paths.text(of: request.uri.path, route: matched) ?? "unmatched"),
            "route": .string(matched ?? "unmatched"), "status": .stringConvertible(status.code),
            "durationMs": .stringConvertible((seconds * 1_000_000).rounded() / 1000),
        ]
        if let failure { fields["failure"] = .string(failure) }
        RequestIdentity.$current.withValue(context.identity) {
            context.logger.log(
                level: Self.isQuiet(request.uri.path) ? .debug : .info, "request",
                metadata: fields.merging(context.notes.fields) { ours, _ in ours })
        }
    }

    /// Asked every few seconds by machines; of no interest to people.
    private static func isQuiet(_ path: String) -> Bool {
        switch path {
        case "/health", "/readyz", "/livez", "/metrics": true
        default: path.hasPrefix("/internal/")
        }
    }
}

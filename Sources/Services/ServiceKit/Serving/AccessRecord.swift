import HTTPTypes
import Hummingbird
import Synchronization

/// One request's line in the access log and its place in the metrics: written once, when the answer has come to its end, or
/// has been dropped because nobody takes it.
final class AccessRecord: Sendable {
    private let request: Request
    private let context: ShopContext
    private let start: ContinuousClock.Instant
    private let log: AccessLog
    private let paths: LoggedPath
    /// Of an answer that has begun.
    private let begun = Mutex<HTTPResponse.Status?>(nil)
    private let isWritten = Atomic(false)

    init(
        of request: Request, _ context: ShopContext, since start: ContinuousClock.Instant, in log: AccessLog,
        _ paths: LoggedPath
    ) {
        self.request = request
        self.context = context
        self.start = start
        self.log = log
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
        let matched = context.endpointPath.flatMap { $0 == "NotFound" ? nil : $0 }
        log.write(
            AccessEntry(
                method: request.method, path: paths.text(of: request.uri.path, route: matched) ?? "unmatched",
                isQuiet: AccessEntry.isQuiet(request.uri.path), route: matched, status: status.code,
                duration: start.duration(to: .now), failure: failure, identity: context.identity))
    }
}

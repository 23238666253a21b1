import HTTPTypes
import Hummingbird
import Logging

/// The outermost middleware: gives the request its identity, measures it, and writes its access-log line.
struct RequestScope: RouterMiddleware {
    let durations: Histogram

    func handle(
        _ request: Request, context: ShopContext, next: (Request, ShopContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var context = context
        context.identity = RequestIdentity.of(request.headers)
        return try await RequestIdentity.$current.withValue(context.identity) {
            var response = try await withLogger(context.logger) { _ in try await next(request, context) }
            response.headers[.requestID] = context.identity.requestID
            record(request, context, response.status, since: start)
            return response
        }
    }

    private func record(
        _ request: Request, _ context: ShopContext, _ status: HTTPResponse.Status, since start: ContinuousClock.Instant
    ) {
        let seconds = start.duration(to: .now) / .seconds(1)
        let matched = context.endpointPath.flatMap { $0 == "NotFound" ? nil : $0 }
        // A label must not grow with what clients invent: unknown paths and methods share one value. Nor must the log
        // repeat it, which may be a password that somebody typed in the wrong place.
        let method = request.method.isKnown ? request.method.rawValue : "_OTHER"
        let path = LoggedPath.text(of: request.uri.path, route: matched, status: status.code)
        durations.observe(
            seconds,
            [
                "http_request_method": method,
                "http_route": matched ?? "unmatched",
                "http_response_status_code": String(status.code),
            ])
        let fields: Logger.Metadata = [
            "method": .string(method), "path": .string(path ?? "unmatched"),
            "route": .string(matched ?? "unmatched"), "status": .stringConvertible(status.code),
            "durationMs": .stringConvertible((seconds * 1_000_000).rounded() / 1000),
        ]
        context.logger.log(
            level: Self.isQuiet(request.uri.path) ? .debug : .info, "request",
            metadata: context.notes.fields.merging(fields) { $1 })
    }

    /// Asked every few seconds by machines; of no interest to people.
    private static func isQuiet(_ path: String) -> Bool {
        ["/health", "/readyz", "/livez", "/metrics"].contains(path) || path.hasPrefix("/internal/")
    }
}

extension HTTPRequest.Method {
    /// The methods of RFC 9110 and PATCH.
    package static let known: [HTTPRequest.Method] = [
        .get, .head, .post, .put, .patch, .delete, .options, .trace, .connect,
    ]

    package var isKnown: Bool { Self.known.contains(self) }
}

extension HTTPField.Name {
    /// A client's own name for a request, so that sending it twice does it once.
    package static let idempotencyKey: HTTPField.Name = {
        guard let name = HTTPField.Name("Idempotency-Key") else { preconditionFailure("Idempotency-Key is a token") }
        return name
    }()

    /// By what a request is found in every log it passes.
    package static let requestID: HTTPField.Name = {
        guard let name = HTTPField.Name("X-Request-Id") else { preconditionFailure("X-Request-Id is a token") }
        return name
    }()
}

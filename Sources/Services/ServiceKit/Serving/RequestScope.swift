import HTTPTypes
import Hummingbird
import Logging

/// The outermost middleware: gives the request its identity, measures it, and writes its access-log line.
struct RequestScope: RouterMiddleware {
    let log: AccessLog
    let paths: LoggedPath

    func handle(
        _ request: Request, context: ShopContext, next: (Request, ShopContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var context = context
        context.identity = RequestIdentity.of(request.headers)
        return try await RequestIdentity.$current.withValue(context.identity) {
            let record = AccessRecord(of: request, context, since: start, in: log, paths)
            do {
                var response = try await withLogger(context.logger) { _ in try await next(request, context) }
                response.headers[.requestID] = context.identity.requestID
                return record.ending(with: response)
            } catch {
                // The request broke in mid-body. The server says so, and ends the connection.
                record.end(.badRequest, "broken")
                throw error
            }
        }
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

import HTTPTypes
import Hummingbird
import ServiceKit

/// Turns away what could be read in two ways, before anything is routed or sent.
struct StrictRequestMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: ShopContext, next: (Request, ShopContext) async throws -> Response
    ) async throws -> Response {
        _ = try RequestTarget(request.uri)
        try Self.checkHost(of: request)
        try Self.checkExpectation(request.headers)
        try Self.checkFraming(request.headers)
        return try await next(request, context)
    }

    /// RFC 9112 section 3.2: no Host, a second one or one that is no host is a 400. It ends up in `Forwarded`, too.
    private static func checkHost(of request: Request) throws(Problem) {
        // The server takes the first for the authority and leaves any other among the fields.
        guard let host = request.head.authority, request.headers[Self.host] == nil else {
            throw .malformedRequest("A request has one Host.")
        }
        let isHost = host.utf8.allSatisfy { PercentEncoding.isUnreserved($0) || ":[]%".utf8.contains($0) }
        guard isHost else { throw .malformedRequest("The Host is not one.") }
    }

    private static let host = HTTPField.Name.ours("Host")

    /// RFC 9110 section 10.1.1: the only expectation there is.
    private static func checkExpectation(_ headers: HTTPFields) throws(Problem) {
        guard headers[values: .expect].allSatisfy({ $0.lowercased() == "100-continue" }) else {
            throw Problem(
                type: "unknown-expectation", status: .expectationFailed,
                title: "The only expectation that is met is 100-continue")
        }
    }

    /// RFC 9112 section 6: one way to say where a body ends. The server's own parser refuses most of this first.
    private static func checkFraming(_ headers: HTTPFields) throws(Problem) {
        let codings = headers[values: .transferEncoding]
        guard codings.isEmpty || headers[.contentLength] == nil else {
            throw .malformedRequest("A body has a length or a transfer coding, not both.").closingConnection
        }
        guard codings.isEmpty || codings.map({ $0.lowercased() }) == ["chunked"] else {
            throw Problem(
                type: "unknown-transfer-coding", status: .notImplemented,
                title: "The only transfer coding is chunked"
            ).closingConnection
        }
    }
}

extension Problem {
    /// The same, and the end of the connection, since the rest of the request is not read.
    var closingConnection: Problem {
        var headers = headers
        headers[.connection] = "close"
        return Problem(
            type: type, status: status, title: title, detail: detail, errors: errors, headers: headers)
    }
}

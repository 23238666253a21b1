import HTTPTypes
import Hummingbird
import ServiceKit

/// Turns away what could be read in two ways, before anything is routed or sent.
struct StrictRequestMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: ShopContext, next: (Request, ShopContext) async throws -> Response
    ) async throws -> Response {
        _ = try RequestTarget(request.uri)
        try Self.checkHost(request.head.authority)
        try Self.checkFraming(request.headers)
        return try await next(request, context)
    }

    /// RFC 9112 section 3.2: a Host that is no host is a 400. It ends up in `Forwarded`, too.
    private static func checkHost(_ host: String?) throws(Problem) {
        let isHost =
            host?.utf8.allSatisfy { byte in
                PercentEncoding.isUnreserved(byte) || ":[]%".utf8.contains(byte)
            } ?? true
        guard isHost else { throw .malformedRequest("The Host is not one.") }
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

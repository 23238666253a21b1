import HTTPTypes
import NIOHTTP1
import ServiceKit

/// What a browser asks before it lets a page call the shop; the upstreams never see it.
struct Preflight: Sendable {
    let allowed: AllowedOrigins

    /// The fields of the answer to `request`; nil when it is no such question. Throws 403 for other origins' pages.
    func answer(to request: ClientRequest) throws(Problem) -> HTTPHeaders? {
        guard request.method == .options, let origin = request.fields.origin, request.fields.asksForMethod
        else { return nil }
        guard allowed.contains(origin) else {
            throw Problem(
                type: "origin-not-allowed", status: .forbidden, title: "Pages of this origin may not call the shop")
        }
        // The allowed origin itself is added to every answer, see `BrowserFields`.
        return [
            "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
            "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
                + "X-Request-Deadline-Ms, X-Request-Id, traceparent",
            "Access-Control-Max-Age": "600",
        ]
    }
}

import HTTPTypes
import Hummingbird
import ServiceKit

/// Answers what a browser asks before it lets a page call the shop; the upstreams never see it.
struct PreflightMiddleware: RouterMiddleware {
    let allowed: AllowedOrigins

    func handle(
        _ request: Request, context: ShopContext, next: (Request, ShopContext) async throws -> Response
    ) async throws -> Response {
        guard request.method == .options, let origin = request.headers[.origin],
            request.headers[.accessControlRequestMethod] != nil
        else { return try await next(request, context) }
        guard allowed.contains(origin) else {
            throw Problem(
                type: "origin-not-allowed", status: .forbidden, title: "Pages of this origin may not call the shop")
        }
        // The allowed origin itself is added to every answer, see `BrowserFieldsMiddleware`.
        var response = Response.noContent
        response.headers[.accessControlAllowMethods] = "GET, HEAD, POST, PUT, PATCH, DELETE"
        response.headers[.accessControlAllowHeaders] =
            "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Deadline-Ms, "
            + "X-Request-Id, traceparent"
        response.headers[.accessControlMaxAge] = "600"
        return response
    }
}

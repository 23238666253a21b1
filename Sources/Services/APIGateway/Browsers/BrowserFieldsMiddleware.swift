import HTTPTypes
import Hummingbird
import ServiceKit

/// Puts on every response, errors included, what browsers go by.
///
/// The shop's answers are data for programs. A browser that is led to open one as a page must not guess that it is
/// HTML, load or run anything for it, show it in a frame, or tell the next site its address. None of this is anybody's
/// to configure; which origins may read the answers is.
struct BrowserFieldsMiddleware: RouterMiddleware {
    let allowed: AllowedOrigins

    func handle(
        _ request: Request, context: ShopContext, next: (Request, ShopContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        response.headers[Self.referrerPolicy] = "no-referrer"
        guard !allowed.isEmpty else { return response }
        // Which origin may read is in the answer, so a cache must keep one for each.
        response.headers.append(HTTPField(name: .vary, value: "Origin"))
        if let origin = request.headers[.origin], allowed.contains(origin) {
            response.headers[.accessControlAllowOrigin] = origin
            response.headers[.accessControlExposeHeaders] =
                "ETag, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id"
        }
        return response
    }

    private static let referrerPolicy = HTTPField.Name.ours("Referrer-Policy")
}

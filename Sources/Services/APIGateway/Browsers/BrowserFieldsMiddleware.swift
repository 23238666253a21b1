import HTTPTypes
import Hummingbird
import ServiceKit

/// Puts on every response, errors included, what browsers go by.
struct BrowserFieldsMiddleware: RouterMiddleware {
    let allowed: AllowedOrigins

    func handle(
        _ request: Request, context: ShopContext, next: (Request, ShopContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.xContentTypeOptions] = "nosniff"
        guard !allowed.isEmpty else { return response }
        // Which origin may read is in the answer, so a cache must keep one for each.
        response.headers.append(HTTPField(name: .vary, value: "Origin"))
        if let origin = request.headers[.origin], allowed.contains(origin) {
            response.headers[.accessControlAllowOrigin] = origin
            response.headers[.accessControlExposeHeaders] =
                "ETag, Location, Retry-After, WWW-Authenticate, X-Request-Id"
        }
        return response
    }
}

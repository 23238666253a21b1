import HTTPTypes
import Hummingbird
import ServiceKit

/// Turns away who asks too often, before anything is done for the request.
struct RateLimitMiddleware: RouterMiddleware {
    let limits: RateLimits
    let metrics: GatewayMetrics

    func handle(
        _ request: Request, context: ShopContext, next: (Request, ShopContext) async throws -> Response
    ) async throws -> Response {
        do {
            try await limits.admit(request, in: context)
        } catch {
            throw metrics.refusal(error)
        }
        return try await next(request, context)
    }
}

/// Tells the client on every answer, errors included, how much it may still ask.
struct RateLimitFieldsMiddleware: RouterMiddleware {
    let limits: RateLimits

    func handle(
        _ request: Request, context: ShopContext, next: (Request, ShopContext) async throws -> Response
    ) async throws -> Response {
        let account = AppliedLimit()
        var response = try await AppliedLimit.$current.withValue(account) { try await next(request, context) }
        // What an upstream says of limits of its own is not for those who ask us.
        response.headers[.rateLimitPolicy] = nil
        response.headers[.rateLimit] = nil
        response.headers.append(contentsOf: limits.fields(for: request, in: context, account: account.noted))
        return response
    }
}

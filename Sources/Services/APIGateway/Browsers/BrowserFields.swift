import ServiceKit

/// What browsers go by, on every answer, errors included.
///
/// The shop's answers are data for programs. A browser that is led to open one as a page must not guess that it is
/// HTML, load or run anything for it, show it in a frame, or tell the next site its address. None of this is anybody's
/// to configure; which origins may read the answers is.
struct BrowserFields: Sendable {
    let allowed: AllowedOrigins

    /// Those that are always the same.
    private static let fixed: FieldBytes = {
        var fields = FieldBytes()
        fields.add("X-Content-Type-Options", "nosniff")
        fields.add("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        fields.add("Referrer-Policy", "no-referrer")
        return fields
    }()

    /// Adds them to the answer to a request with these fields.
    func add(to answer: inout FieldBytes, for request: RequestFields) {
        answer.add(Self.fixed)
        guard !allowed.isEmpty else { return }
        // Which origin may read is in the answer, so a cache must keep one for each.
        answer.add("Vary", "Origin")
        if let origin = request.origin, allowed.contains(origin) {
            answer.add("Access-Control-Allow-Origin", origin)
            answer.add(
                "Access-Control-Expose-Headers",
                "ETag, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id")
        }
    }

    /// The names that an upstream has no say in, in lower case, but for those of CORS.
    static let names = ["x-content-type-options", "content-security-policy", "referrer-policy"]
}

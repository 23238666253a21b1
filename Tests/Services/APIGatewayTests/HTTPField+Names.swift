import HTTPTypes

extension HTTPField.Name {
    static let forwardedFor = ours("X-Forwarded-For")
    static let rateLimitPolicy = ours("RateLimit-Policy")
    static let rateLimit = ours("RateLimit")

    /// A name that is known to be a token.
    static func ours(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is a token") }
        return name
    }
}

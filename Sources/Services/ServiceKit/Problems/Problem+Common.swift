import HTTPTypes

/// The problems every service has. A service adds its own in an extension beside the domain they belong to.
extension Problem {
    // MARK: The request

    package static func malformedRequest(_ detail: String) -> Problem {
        Problem(type: "malformed-request", status: .badRequest, title: "The request is malformed", detail: detail)
    }

    package static func malformedJSON(_ error: JSONSyntaxError) -> Problem {
        let detail =
            switch error {
            case .notUTF8: "The body is not UTF-8."
            case .malformed(let offset): "The body is not JSON from byte \(offset) on."
            case .tooDeep: "The body is nested deeper than \(JSONParser.maximumDepth) levels."
            case .duplicateName(let offset): "An object has two members of one name at byte \(offset)."
            }
        return Problem(type: "malformed-json", status: .badRequest, title: "The body is not valid JSON", detail: detail)
    }

    /// More than this are counted and not told: an answer must not be many times as long as what it answers.
    package static let mostViolations = 100

    package static func invalidBody(_ violations: [Violation]) -> Problem {
        let more = violations.count - mostViolations
        let rest = more > 0 ? [Violation(pointer: "", detail: "has \(more) more errors")] : []
        return Problem(
            type: "invalid-body", status: .unprocessableContent, title: "The body is not valid",
            detail: "See errors for each member that is wrong.", errors: violations.prefix(mostViolations) + rest)
    }

    package static let unsupportedMediaType = Problem(
        type: "unsupported-media-type", status: .unsupportedMediaType, title: "The body must be application/json")

    /// The body is compressed, or encoded some other way; RFC 9110 section 15.5.16 asks us to say what we take.
    package static let unsupportedEncoding = Problem(
        type: "unsupported-encoding", status: .unsupportedMediaType, title: "The body must not be encoded",
        headers: [.acceptEncoding: "identity"])

    /// The client's `Accept` leaves out what every answer here is.
    package static let notAcceptable = Problem(
        type: "not-acceptable", status: .notAcceptable, title: "Answers are application/json")

    package static func bodyTooLarge(limit: Int) -> Problem {
        Problem(
            type: "body-too-large", status: .contentTooLarge, title: "The body is too large",
            detail: "At most \(limit) bytes are taken.")
    }

    // MARK: The resource

    package static let notFound = Problem(type: "not-found", status: .notFound, title: "There is nothing here")

    package static func methodNotAllowed(_ allowed: String) -> Problem {
        Problem(
            type: "method-not-allowed", status: .methodNotAllowed, title: "This resource does not take that method",
            detail: "It takes \(allowed).", headers: [.allow: allowed])
    }

    package static let unknownMethod = Problem(
        type: "unknown-method", status: .notImplemented, title: "The method is not known here")

    // MARK: The caller (RFC 6750)

    /// Several were given, or something that is none.
    package static let malformedCredentials = Problem(
        type: "malformed-credentials", status: .badRequest, title: "The credentials are malformed",
        detail: "Authorization must be one field of a scheme and one token.",
        headers: [.wwwAuthenticate: #"Bearer error="invalid_request""#])

    /// No credentials were given, or of a scheme we do not take.
    package static let unauthenticated = Problem(
        type: "unauthenticated", status: .unauthorized, title: "Credentials are needed",
        headers: [.wwwAuthenticate: "Bearer"])

    /// Credentials were given and are not good; it is not said why.
    package static let invalidToken = Problem(
        type: "invalid-token", status: .unauthorized, title: "The credentials are not valid",
        headers: [.wwwAuthenticate: #"Bearer error="invalid_token""#])

    /// The caller is known and may not do this.
    package static let forbidden = Problem(
        type: "forbidden", status: .forbidden, title: "You may not do this",
        headers: [.wwwAuthenticate: #"Bearer error="insufficient_scope""#])

    // MARK: Ourselves

    /// Cannot be answered now; the client may try again after `retryAfter` seconds.
    package static func unavailable(_ detail: String, retryAfter seconds: Int = 1) -> Problem {
        Problem(
            type: "unavailable", status: .serviceUnavailable, title: "The service cannot answer now", detail: detail,
            headers: [.retryAfter: String(seconds)])
    }

    /// A fault of ours. The client gets the trace id; the log has the rest.
    package static let internalError = Problem(
        type: "internal-error", status: .internalServerError, title: "Something went wrong on our side",
        detail: "Quote the trace id when you report it.")
}

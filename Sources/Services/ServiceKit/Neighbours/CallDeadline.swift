import HTTPTypes
import Hummingbird

/// Until when whoever asked waits for an answer. It is handed on with every call, less the time that has gone by, so that
/// nobody works for a client who has given up.
package enum CallDeadline {
    /// Of the request that this task answers; nil when its client waits as long as it takes.
    @TaskLocal package static var current: ContinuousClock.Instant?

    /// `X-Request-Deadline-Ms`: how many milliseconds are left.
    package static let field: HTTPField.Name = {
        guard let name = HTTPField.Name("X-Request-Deadline-Ms") else {
            preconditionFailure("X-Request-Deadline-Ms is a token")
        }
        return name
    }()

    /// nil without the header; 400 when it is no whole number, 504 when nothing is left.
    static func of(_ headers: HTTPFields) throws(Problem) -> Duration? {
        try of(headers[values: field])
    }

    /// The same for the values of ``field``.
    package static func of(_ values: [String]) throws(Problem) -> Duration? {
        guard let value = values.first else { return nil }
        // Nine digits are eleven days.
        guard values.count == 1, (1...9).contains(value.utf8.count), value.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
            let milliseconds = Int64(value)
        else {
            throw .malformedRequest("X-Request-Deadline-Ms must be a whole number of milliseconds.")
        }
        guard milliseconds > 0 else { throw .deadlineExpired }
        return .milliseconds(milliseconds)
    }
}

extension Problem {
    /// The client has given up already, by his own word.
    static let deadlineExpired = Problem(
        type: "deadline-expired", status: .gatewayTimeout, title: "The time for this request was over when it came")
}

/// Makes the client's deadline that of the task.
struct DeadlineMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: ShopContext, next: (Request, ShopContext) async throws -> Response
    ) async throws -> Response {
        guard let left = try CallDeadline.of(request.headers) else { return try await next(request, context) }
        return try await CallDeadline.$current.withValue(ContinuousClock.now.advanced(by: left)) {
            try await next(request, context)
        }
    }
}

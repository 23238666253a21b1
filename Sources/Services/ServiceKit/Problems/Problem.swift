import HTTPTypes

/// An error as its client sees it: problem details, RFC 9457. `type` is a short slug, relative to the service.
///
/// Domain code throws its own errors and says what they look like outside through ``ProblemConvertible``; whatever is
/// neither becomes a generic 500 that tells the client nothing but the trace id.
package struct Problem: Error, Sendable, Equatable {
    package let type: String
    package let status: HTTPResponse.Status
    package let title: String
    package let detail: String?
    package let errors: [Violation]
    package let headers: HTTPFields

    package init(
        type: String, status: HTTPResponse.Status, title: String, detail: String? = nil, errors: [Violation] = [],
        headers: HTTPFields = [:]
    ) {
        self.type = type
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = errors
        self.headers = headers
    }
}

/// A domain error that has a face outside.
package protocol ProblemConvertible: Error {
    var problem: Problem { get }
}

extension Problem {
    /// The body: members of RFC 9457 and the trace id by which the log lines are found. `instance` is the path if it
    /// is one of ours; an answer may be kept where a password in the path should not be.
    package func json(instance: String?, traceID: String) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("type", .string(type)), .init("title", .string(title)),
            .init("status", .integer(Int64(status.code))),
        ]
        if let detail { members.append(.init("detail", .string(detail))) }
        if let instance { members.append(.init("instance", .string(instance))) }
        members.append(.init("traceId", .string(traceID)))
        if !errors.isEmpty {
            let list = errors.map { ["pointer": .string($0.pointer), "detail": .string($0.detail)] as JSONValue }
            members.append(.init("errors", .array(list)))
        }
        return .object(members)
    }
}

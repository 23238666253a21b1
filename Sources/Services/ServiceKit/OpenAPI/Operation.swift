import HTTPTypes

/// What one route takes and gives, for people and programs that have not read its source. What follows from the route
/// itself (its path, its access rule) is not said again.
package struct Operation: Sendable {
    /// Something of a request outside its path and body.
    package struct Parameter: Sendable {
        let name: String
        let place: String
        let isRequired: Bool
        let schema: Schema
        let description: String

        package static func query(_ name: String, _ schema: Schema, _ description: String) -> Parameter {
            Parameter(name: name, place: "query", isRequired: false, schema: schema, description: description)
        }

        package static func header(
            _ name: HTTPField.Name, _ schema: Schema, _ description: String, isRequired: Bool = false
        ) -> Parameter {
            Parameter(
                name: name.rawName, place: "header", isRequired: isRequired, schema: schema, description: description)
        }
    }

    let summary: String
    private(set) var parameters: [Parameter]
    let body: Schema?
    /// The schema of each good answer; nil where it has no body.
    let answers: [(status: HTTPResponse.Status, schema: Schema?)]
    /// Statuses of problems that are this operation's own, with what they mean.
    private(set) var problems: [(status: HTTPResponse.Status, meaning: String)]

    package init(
        _ summary: String, parameters: [Parameter] = [], body: Schema? = nil,
        answers: KeyValuePairs<HTTPResponse.Status, Schema?>, problems: KeyValuePairs<HTTPResponse.Status, String> = [:]
    ) {
        self.summary = summary
        self.parameters = parameters
        self.body = body
        self.answers = answers.map { ($0.key, $0.value) }
        self.problems = problems.map { ($0.key, $0.value) }
    }

    /// It lists things page by page, see ``PagePlace``.
    package func paged() -> Operation {
        var copy = self
        copy.parameters += [
            .query("limit", .integer(1...100), "How many at most; 20 if not given."),
            .query("cursor", .string(length: 1...ListCursor.longest), "nextCursor of the page before."),
        ]
        return copy
    }

    /// It changes a version that the client has seen, see ``ExpectedVersion``.
    package func guarded() -> Operation {
        var copy = self
        copy.parameters.append(.header(.ifMatch, .string(), "The ETag of what was read, or *.", isRequired: true))
        copy.problems += [
            (.preconditionRequired, "If-Match is missing."), (.preconditionFailed, "It was changed meanwhile."),
        ]
        return copy
    }

    /// It may be sent again under the same key, see ``IdempotencyKey``.
    package func keyed() -> Operation {
        var copy = self
        copy.parameters.append(
            .header(
                .idempotencyKey, .string(length: 1...128), "Your own name for this request; good for a day."))
        return copy
    }

    /// 304 for a client that has the present version already.
    package func conditional() -> Operation {
        var copy = self
        copy.parameters.append(.header(.ifNoneMatch, .string(), "ETags that you have."))
        return Operation(copying: copy, answers: copy.answers + [(.notModified, nil)])
    }

    private init(copying other: Operation, answers: [(status: HTTPResponse.Status, schema: Schema?)]) {
        summary = other.summary
        parameters = other.parameters
        body = other.body
        self.answers = answers
        problems = other.problems
    }
}

import HTTPTypes

/// An OpenAPI 3.1 document, made from the routes that answer, so that it cannot say anything else than they do.
package struct OpenAPIDocument {
    private let title: String
    private let routes: [Route]

    package init(title: String, routes: [Route]) {
        self.title = title
        self.routes = routes
    }

    static let version = "3.1.1"
    /// Where it is served.
    package static let path = "/openapi.json"

    package var json: JSONValue {
        // What is for the shop's own services, and the last resort of a path, is nobody else's business.
        let described = routes.filter { $0.operation != nil }
        let paths = Dictionary(grouping: described, by: { Self.template($0.path) }).sorted { $0.key < $1.key }
        let schemas = described.reduce(into: Schema.problem.components) { all, route in
            for schema in route.schemas { all.merge(schema.components) { first, _ in first } }
        }
        return [
            "openapi": .string(Self.version), "info": ["title": .string(title), "version": "1.0.0"],
            "paths": .object(
                paths.map { path, routes in
                    .init(path, .object(routes.map { .init($0.method.rawValue.lowercased(), Self.operation($0)) }))
                }),
            "components": [
                "schemas": .object(schemas.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }),
                "securitySchemes": [
                    "bearer": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"],
                    "service": ["type": "http", "scheme": "service"],
                ],
            ],
        ]
    }

    /// `/api/users/:id` as `/api/users/{id}`.
    private static func template(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : String($0) }.joined(separator: "/")
    }

    private static func operation(_ route: Route) -> JSONValue {
        guard let operation = route.operation else { return .null }
        var members: [JSONValue.Member] = [
            .init("summary", .string(operation.summary)), .init("operationId", .string(identifier(route))),
        ]
        let parameters = pathParameters(route.path) + operation.parameters.map(json)
        if !parameters.isEmpty { members.append(.init("parameters", .array(parameters))) }
        if let body = operation.body {
            members.append(.init("requestBody", ["required": true, "content": content(body, "application/json")]))
        }
        members.append(.init("responses", .object(responses(route, operation))))
        members.append(.init("security", .array(route.access.schemes.map { .object([.init($0, [])]) })))
        return .object(members)
    }

    /// `get_api_users_id`
    private static func identifier(_ route: Route) -> String {
        let words = route.path.split { !$0.isLetter && !$0.isNumber }.map(String.init)
        return ([route.method.rawValue.lowercased()] + words).joined(separator: "_")
    }

    private static func pathParameters(_ path: String) -> [JSONValue] {
        path.split(separator: "/").filter { $0.hasPrefix(":") }.map {
            ["name": .string(String($0.dropFirst())), "in": "path", "required": true, "schema": Schema.uuid.json]
        }
    }

    private static func json(_ parameter: Operation.Parameter) -> JSONValue {
        [
            "name": .string(parameter.name), "in": .string(parameter.place), "required": .bool(parameter.isRequired),
            "description": .string(parameter.description), "schema": parameter.schema.json,
        ]
    }

    private static func responses(_ route: Route, _ operation: Operation) -> [JSONValue.Member] {
        let good: [JSONValue.Member] = operation.answers.map { status, schema in
            var members: [JSONValue.Member] = [.init("description", .string(status.reasonPhrase))]
            if let schema { members.append(.init("content", content(schema, "application/json"))) }
            return .init(String(status.code), .object(members))
        }
        var problems = operation.problems
        // What every route of its kind may say.
        if !route.access.isOpen {
            problems.append((.unauthorized, "Credentials are missing or not good."))
            problems.append((.forbidden, "You may not do this."))
        }
        if operation.body != nil { problems.append((.unprocessableContent, "The body is not valid; see errors.")) }
        var seen = Set(operation.answers.map(\.status.code))
        let bad: [JSONValue.Member] = problems.filter { seen.insert($0.status.code).inserted }.map { status, meaning in
            .init(String(status.code), problem(meaning))
        }
        return (good + bad).sorted { $0.name < $1.name } + [.init("default", problem("Any other problem."))]
    }

    private static func problem(_ meaning: String) -> JSONValue {
        ["description": .string(meaning), "content": content(.problem, "application/problem+json")]
    }

    private static func content(_ schema: Schema, _ type: String) -> JSONValue {
        .object([.init(type, ["schema": schema.json])])
    }
}

extension Route {
    fileprivate var schemas: [Schema] {
        guard let operation else { return [] }
        return operation.parameters.map(\.schema) + [operation.body].compactMap(\.self)
            + operation.answers.compactMap(\.schema)
    }
}

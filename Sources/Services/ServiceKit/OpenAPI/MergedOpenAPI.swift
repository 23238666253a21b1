/// One document out of those of several services, for the door in front of them.
package struct MergedOpenAPI: Sendable {
    private let title: String
    private var paths: [JSONValue.Member] = []
    private var schemas: [JSONValue.Member] = []
    private var schemes: [JSONValue.Member] = []

    package init(title: String) { self.title = title }

    /// Adds what a service serves. Of two services that have a path, or a schema of one name, the first is kept; schemas that
    /// all services share have one name.
    package mutating func add(_ document: JSONValue) {
        Self.add(document["paths"], to: &paths)
        Self.add(document["components"]?["schemas"], to: &schemas)
        Self.add(document["components"]?["securitySchemes"], to: &schemes)
    }

    /// - Parameter missing: services whose part is not there, since none of their instances answered.
    package func json(missing: [String] = []) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("openapi", .string(OpenAPIDocument.version)),
            .init("info", ["title": .string(title), "version": "1.0.0"]),
            .init("paths", .object(paths.sorted { $0.name < $1.name })),
            .init(
                "components",
                [
                    "schemas": .object(schemas.sorted { $0.name < $1.name }),
                    "securitySchemes": .object(schemes.sorted { $0.name < $1.name }),
                ]),
        ]
        if !missing.isEmpty { members.append(.init("x-missing", .array(missing.map { .string($0) }))) }
        return .object(members)
    }

    private static func add(_ object: JSONValue?, to members: inout [JSONValue.Member]) {
        guard case .object(let more) = object else { return }
        for member in more where !members.contains(where: { $0.name == member.name }) { members.append(member) }
    }
}

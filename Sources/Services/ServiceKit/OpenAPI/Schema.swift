/// The shape of a JSON value: JSON Schema 2020-12, which OpenAPI 3.1 takes as it is, in the part that the shop needs.
package struct Schema: Sendable, Equatable {
    /// The schema itself, with references for what has a name.
    let json: JSONValue
    /// What the references mean, by name.
    let components: [String: JSONValue]

    private init(_ json: JSONValue, _ components: [String: JSONValue] = [:]) {
        self.json = json
        self.components = components
    }

    // MARK: Scalars

    package static let boolean = Schema(["type": "boolean"])

    /// - Parameters:
    ///   - format: of JSON Schema's own names, such as `uuid`, `date-time`, `email`.
    ///   - length: in Unicode scalars.
    package static func string(_ format: String? = nil, length: ClosedRange<Int>? = nil) -> Schema {
        var members: [JSONValue.Member] = [.init("type", "string")]
        if let format { members.append(.init("format", .string(format))) }
        if let length {
            if length.lowerBound > 0 { members.append(.init("minLength", .integer(Int64(length.lowerBound)))) }
            members.append(.init("maxLength", .integer(Int64(length.upperBound))))
        }
        return Schema(.object(members))
    }

    package static func integer(_ range: ClosedRange<Int>? = nil) -> Schema {
        var members: [JSONValue.Member] = [.init("type", "integer")]
        if let range {
            members.append(.init("minimum", .integer(Int64(range.lowerBound))))
            members.append(.init("maximum", .integer(Int64(range.upperBound))))
        }
        return Schema(.object(members))
    }

    /// A whole number that is not negative.
    package static let count = Schema(["type": "integer", "minimum": 0])

    /// One of these texts.
    package static func oneOf(_ values: [String]) -> Schema {
        Schema(["type": "string", "enum": .array(values.map { .string($0) })])
    }

    // MARK: Composition

    /// What is `null` when there is nothing to say.
    package func orNull() -> Schema {
        Schema(["anyOf": [json, ["type": "null"]]], components)
    }

    package static func array(of element: Schema, count: ClosedRange<Int>? = nil) -> Schema {
        var members: [JSONValue.Member] = [.init("type", "array"), .init("items", element.json)]
        if let count {
            members.append(.init("minItems", .integer(Int64(count.lowerBound))))
            members.append(.init("maxItems", .integer(Int64(count.upperBound))))
        }
        return Schema(.object(members), element.components)
    }

    /// A closed object: it has the members of `required`, may have those of `optional`, and no others.
    package static func object(
        _ required: KeyValuePairs<String, Schema>, optional: KeyValuePairs<String, Schema> = [:]
    ) -> Schema {
        let all = required.map { ($0.key, $0.value) } + optional.map { ($0.key, $0.value) }
        var members: [JSONValue.Member] = [
            .init("type", "object"), .init("properties", .object(all.map { .init($0, $1.json) })),
        ]
        if !required.isEmpty { members.append(.init("required", .array(required.map { .string($0.key) }))) }
        members.append(.init("additionalProperties", false))
        return Schema(.object(members), merge(all.map(\.1)))
    }

    /// An object whose members are named by nobody here.
    package static let anyObject = Schema(["type": "object"])

    /// The same under a name of its own, by which others refer to it.
    package func named(_ name: String) -> Schema {
        var components = components
        components[name] = json
        return Schema(["$ref": .string("#/components/schemas/\(name)")], components)
    }

    /// The names of the members that an object may have.
    var properties: [String] {
        let name = json["$ref"]?.string?.split(separator: "/").last.map(String.init)
        let object = name.flatMap { components[$0] } ?? json
        guard case .object(let members) = object["properties"] else { return [] }
        return members.map(\.name)
    }

    /// `{items, nextCursor}`, see ``ListPage``.
    package static func page(of item: Schema) -> Schema {
        .object([
            "items": .array(of: item), "nextCursor": .string(length: 1...ListCursor.longest).orNull(),
        ])
    }

    private static func merge(_ schemas: [Schema]) -> [String: JSONValue] {
        schemas.reduce(into: [:]) { all, schema in all.merge(schema.components) { first, _ in first } }
    }
}

extension Schema {
    package static let uuid = string("uuid")
    package static let time = string("date-time")
    /// See ``Money``.
    package static let money = object([
        "amount": .count, "currency": .string(length: 3...3),
    ]).named("Money")
    /// RFC 9457, see ``Problem``.
    package static let problem = object(
        [
            "type": .string(), "title": .string(), "status": .integer(400...599), "traceId": .string(),
        ],
        optional: [
            "detail": .string(), "instance": .string(),
            "errors": .array(of: .object(["pointer": .string("json-pointer"), "detail": .string()])),
        ]
    ).named("Problem")
}

import Foundation
import ServiceKit

/// Makes values that fit the schemas of an OpenAPI document, and values that fit but for one thing.
struct SchemaExample {
    let document: JSONValue

    /// With every member that it may have.
    func value(of schema: JSONValue) -> JSONValue {
        let schema = resolved(schema)
        if let first = schema["anyOf"]?.array?.first { return value(of: first) }
        if let first = schema["enum"]?.array?.first { return first }
        switch schema["type"]?.string {
        case "string": return .string(text(schema))
        case "integer":
            return .integer(min(max(1, schema["minimum"]?.integer ?? 1), schema["maximum"]?.integer ?? 1))
        case "boolean": return true
        case "array": return .array([value(of: schema["items"] ?? [:])])
        case "object": return .object(Self.members(schema["properties"]).map { .init($0.name, value(of: $0.value)) })
        default: return nil
        }
    }

    /// Bodies of this schema with, in turn, every member of any resource of the document that has no place there, and
    /// with an object for every scalar; each with a pointer to where it is wrong, or to the object in which it is.
    func spoiled(_ schema: JSONValue) -> [(pointer: String, body: JSONValue)] {
        spoiled(value(of: schema), at: "")
    }

    private func spoiled(_ value: JSONValue, at pointer: String) -> [(pointer: String, body: JSONValue)] {
        switch value {
        case .object(let members):
            let more = strangers.filter { stranger in !members.contains { $0.name == stranger.name } }
            var bodies = more.map { (pointer: pointer, body: JSONValue.object(members + [$0])) }
            for (index, member) in members.enumerated() {
                for (place, value) in spoiled(member.value, at: "\(pointer)/\(member.name)") {
                    var copy = members
                    copy[index] = .init(member.name, value)
                    bodies.append((place, .object(copy)))
                }
            }
            return bodies
        case .array(let elements):
            var bodies: [(pointer: String, body: JSONValue)] = []
            for (index, element) in elements.enumerated() {
                for (place, value) in spoiled(element, at: "\(pointer)/\(index)") {
                    var copy = elements
                    copy[index] = value
                    bodies.append((place, .array(copy)))
                }
            }
            return bodies
        default: return [(pointer, ["$ne": nil])]
        }
    }

    /// Members of every resource that the document knows, those that rows have beside, and what attackers try.
    private var strangers: [JSONValue.Member] {
        var found: [String: JSONValue] = [
            "version": 1, "editedVersion": 1, "role": "operator", "isAdmin": true, "passwordHash": "x", "$where": "1",
            "__proto__": ["isAdmin": true], "user_id": "1",
        ]
        for schema in Self.members(document["components"]?["schemas"]) { collect(schema.value, &found) }
        return found.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }
    }

    private func collect(_ schema: JSONValue, _ found: inout [String: JSONValue]) {
        for member in Self.members(schema["properties"]) {
            found[member.name] = value(of: member.value)
            collect(member.value, &found)
        }
        if let items = schema["items"] { collect(items, &found) }
    }

    private func resolved(_ schema: JSONValue) -> JSONValue {
        guard let name = schema["$ref"]?.string?.split(separator: "/").last else { return schema }
        return document["components"]?["schemas"]?[String(name)] ?? [:]
    }

    private func text(_ schema: JSONValue) -> String {
        switch schema["format"]?.string {
        case "uuid": UUID.random().text
        case "email": "somebody@example.org"
        case "date-time": Timestamp(milliseconds: 0).description
        // Three letters are a currency; anything else may be a name or a password.
        default: schema["maxLength"]?.integer == 3 ? "EUR" : "plover-quartz-7"
        }
    }

    private static func members(_ object: JSONValue?) -> [JSONValue.Member] {
        if case .object(let members) = object { members } else { [] }
    }
}

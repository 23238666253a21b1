import Foundation
import ServiceKit

/// Holds JSON against the schemas of an OpenAPI document, as far as ``Schema`` makes them.
struct SchemaChecker {
    let document: JSONValue

    /// What does not fit, with JSON pointers into the value.
    func violations(of value: JSONValue, against schema: JSONValue, at pointer: String = "") -> [String] {
        if let reference = schema["$ref"]?.string {
            let name = reference.split(separator: "/").last.map(String.init) ?? ""
            guard let target = document["components"]?["schemas"]?[name] else { return ["\(pointer): no \(reference)"] }
            return violations(of: value, against: target, at: pointer)
        }
        if let choices = schema["anyOf"]?.array {
            let all = choices.map { violations(of: value, against: $0, at: pointer) }
            return all.contains { $0.isEmpty } ? [] : all.flatMap(\.self)
        }
        switch (schema["type"]?.string, value) {
        case ("null", .null), ("boolean", .bool): return []
        case ("integer", .integer(let number)): return bounds(Int64(number), "minimum", "maximum", schema, pointer)
        case ("string", .string(let text)): return string(text, schema, pointer)
        case ("array", .array(let elements)):
            return bounds(Int64(elements.count), "minItems", "maxItems", schema, pointer)
                + elements.enumerated().flatMap {
                    violations(of: $1, against: schema["items"] ?? [:], at: "\(pointer)/\($0)")
                }
        case ("object", .object(let members)): return object(members, schema, pointer)
        default: return ["\(pointer): \(value.kind) is not \(schema["type"]?.string ?? "anything known")"]
        }
    }

    private func object(_ members: [JSONValue.Member], _ schema: JSONValue, _ pointer: String) -> [String] {
        let missing = (schema["required"]?.array ?? []).compactMap(\.string).filter { name in
            !members.contains { $0.name == name }
        }
        return missing.map { "\(pointer): \($0) is missing" }
            + members.flatMap { member in
                let place = "\(pointer)/\(member.name)"
                if let known = schema["properties"]?[member.name] {
                    return violations(of: member.value, against: known, at: place)
                }
                return schema["additionalProperties"] == false ? ["\(place): is not in the schema"] : []
            }
    }

    private func string(_ text: String, _ schema: JSONValue, _ pointer: String) -> [String] {
        if let values = schema["enum"]?.array, !values.contains(.string(text)) { return ["\(pointer): \(text)"] }
        let isWellFormed =
            switch schema["format"]?.string {
            case "uuid": UUID(uuidString: text) != nil
            case "date-time": text.utf8.count == 24 && text.hasSuffix("Z") && text.contains("T")
            default: true
            }
        return bounds(Int64(text.unicodeScalars.count), "minLength", "maxLength", schema, pointer)
            + (isWellFormed ? [] : ["\(pointer): \(text) is no \(schema["format"]?.string ?? "")"])
    }

    private func bounds(
        _ number: Int64, _ least: String, _ most: String, _ schema: JSONValue, _ pointer: String
    ) -> [String] {
        let isLess = schema[least]?.integer.map { number < $0 } ?? false
        let isMore = schema[most]?.integer.map { number > $0 } ?? false
        return isLess || isMore ? ["\(pointer): \(number) is out of bounds"] : []
    }
}

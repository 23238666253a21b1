extension ConfigValue {
    /// Two spaces a level; keys in order.
    var json: String { json(indent: "") }

    private func json(indent: String) -> String {
        let inner = indent + "  "
        switch self {
        case .text(let text), .launchText(let text): return Self.quoted(text)
        case .integer(let number): return String(number)
        case .boolean(let value): return String(value)
        case .list(let items):
            guard !items.isEmpty else { return "[]" }
            return "[\n" + items.map { inner + $0.json(indent: inner) }.joined(separator: ",\n") + "\n\(indent)]"
        case .mapping(let entries):
            guard !entries.isEmpty else { return "{}" }
            let lines = entries.map { "\(inner)\(Self.quoted($0)): \($1.json(indent: inner))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        }
    }

    /// Block style, ending in a newline.
    var yaml: String { yaml(indent: "") }

    private func yaml(indent: String) -> String {
        switch self {
        case .text(let text):
            return Self.yamlScalar(text.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$"))
                + "\n"
        case .launchText(let text): return Self.yamlScalar(Self.dollarsDoubled(text)) + "\n"
        case .integer(let number): return "\(number)\n"
        case .boolean(let value): return "\(value)\n"
        case .list(let items):
            guard !items.isEmpty else { return "[]\n" }
            return items.map { "\(indent)- " + $0.nested(indent: indent) }.joined()
        case .mapping(let entries):
            guard !entries.isEmpty else { return "{}\n" }
            return entries.map { "\(indent)\(Self.yamlScalar($0)):" + $1.belowKey(indent: indent) }.joined()
        }
    }

    private func belowKey(indent: String) -> String {
        switch self {
        case .list(let items) where !items.isEmpty: "\n" + yaml(indent: indent + "  ")
        case .mapping(let entries) where !entries.isEmpty: "\n" + yaml(indent: indent + "  ")
        default: " " + yaml(indent: indent)
        }
    }

    private func nested(indent: String) -> String {
        // Behind "- " the first line continues the line, the others line up with it.
        String(yaml(indent: indent + "  ").drop { $0 == " " })
    }

    /// Plain where no reader of YAML, old or new, could take it for anything but this text.
    private static func yamlScalar(_ text: String) -> String {
        let isPlain =
            text.first.map { $0.isASCII && $0.isLetter || $0 == "/" } == true
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-".contains($0)) }
            && !["true", "false", "yes", "no", "on", "off", "y", "n", "null"].contains(text.lowercased())
        return isPlain || DurationText.parse(text) != nil ? text : quoted(text)
    }

    /// Doubles every `$` but those of launch variables.
    private static func dollarsDoubled(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...]
            if let kept = Service.launchVariables.map({ "${\($0)}" }).first(where: rest.hasPrefix) {
                result += kept
                rest = rest.dropFirst(kept.count)
            } else {
                result += "$$"
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    /// A JSON string, which is also a double-quoted YAML scalar.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0xFEFF:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

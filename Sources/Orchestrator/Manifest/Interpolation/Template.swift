/// A text with variables in Compose's syntax, parsed: `$NAME`, `${NAME}`, `${NAME:-default}`, `$$` and the like.
struct Template {
    indirect enum Part {
        case literal(String)
        case variable(name: String, modifier: Modifier?)
    }

    struct Modifier {
        enum Kind: Character {
            /// `-`: this instead, when unset.
            case fallback = "-"
            /// `?`: an error with this message, when unset.
            case required = "?"
            /// `+`: this instead, when set.
            case alternative = "+"
        }
        var kind: Kind
        /// With `:`: an empty value counts as unset.
        var emptyIsUnset: Bool
        var word: Template
    }

    /// Why a text is no template.
    struct SyntaxError: Error, Hashable {
        var message: String
        var hint: String?
    }

    var parts: [Part]

    init(_ text: String) throws(SyntaxError) {
        var parser = TemplateParser(text)
        parts = try parser.parts(depth: 0)
    }

    fileprivate init(parts: [Part]) { self.parts = parts }
}

private struct TemplateParser {
    /// Nested defaults beyond this are no configuration.
    private static let depthLimit = 16
    private let characters: [Character]
    private var index = 0

    init(_ text: String) { characters = Array(text) }

    private var next: Character? { index < characters.count ? characters[index] : nil }

    /// Up to the end of the text, or below the top level up to the closing brace, which is left for the caller.
    mutating func parts(depth: Int) throws(Template.SyntaxError) -> [Template.Part] {
        guard depth <= Self.depthLimit else {
            throw Template.SyntaxError(message: "defaults are nested more than \(Self.depthLimit) deep")
        }
        var parts: [Template.Part] = []
        var literal = ""
        while let character = next, depth == 0 || character != "}" {
            index += 1
            guard character == "$" else {
                literal.append(character)
                continue
            }
            if next == "$" {
                index += 1
                literal.append("$")
                continue
            }
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal = ""
            parts.append(try variable(depth: depth))
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        return parts
    }

    /// Behind the `$`.
    private mutating func variable(depth: Int) throws(Template.SyntaxError) -> Template.Part {
        let braced = next == "{"
        if braced { index += 1 }
        let start = index
        while let character = next, isNamePart(character, first: index == start) { index += 1 }
        let name = String(characters[start..<index])
        guard !name.isEmpty else {
            throw Template.SyntaxError(
                message: braced ? "'${' is not followed by a variable's name" : "'$' is not followed by a name",
                hint: "write $$ for a dollar sign")
        }
        guard braced else { return .variable(name: name, modifier: nil) }
        let modifier = next == "}" ? nil : try modifier(of: name, depth: depth)
        guard next == "}" else { throw Template.SyntaxError(message: "'${\(name)' is not closed by '}'") }
        index += 1
        return .variable(name: name, modifier: modifier)
    }

    private mutating func modifier(of name: String, depth: Int) throws(Template.SyntaxError) -> Template.Modifier {
        let colon = next == ":"
        if colon { index += 1 }
        guard let sign = next else { throw Template.SyntaxError(message: "'${\(name)' is not closed by '}'") }
        guard let kind = Template.Modifier.Kind(rawValue: sign) else {
            throw Template.SyntaxError(
                message: "'\(colon ? ":" : "")\(sign)' cannot follow '${\(name)'",
                hint: "defaults are written ${\(name):-default}")
        }
        index += 1
        return .init(kind: kind, emptyIsUnset: colon, word: Template(parts: try parts(depth: depth + 1)))
    }

    private func isNamePart(_ character: Character, first: Bool) -> Bool {
        guard character.isASCII else { return false }
        return character == "_" || character.isLetter || (!first && character.isNumber)
    }
}

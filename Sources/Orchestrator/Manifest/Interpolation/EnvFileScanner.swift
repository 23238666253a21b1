/// Takes a `NAME=value` file apart, one assignment at a time.
struct EnvFileScanner {
    struct Assignment {
        enum Value {
            /// The name stands alone.
            case inherited
            case literal(String)
            case template(String)
        }
        var name: String
        var value: Value
        var line: Int
        var column: Int
    }

    struct SyntaxError: Error {
        var message: String
        var line: Int
        var column: Int
    }

    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var line = 1
    private var column = 1

    init(_ text: String) { scalars = Array(text.unicodeScalars).filter { $0 != "\r" } }

    mutating func next() throws(SyntaxError) -> Assignment? {
        while let scalar = peek, isBlank(scalar) || scalar == "\n" || scalar == "#" {
            if scalar == "#" { skipLine() } else { advance() }
        }
        guard peek != nil else { return nil }
        var (startLine, startColumn, name) = (line, column, takeName())
        if name == "export", let scalar = peek, isBlank(scalar) {
            skipBlanks()
            (startLine, startColumn, name) = (line, column, takeName())
        }
        guard !name.isEmpty else { throw error("expected NAME=value") }
        skipBlanks()
        var assignment = Assignment(name: name, value: .inherited, line: startLine, column: startColumn)
        switch peek {
        case nil, "\n", "#": skipLine()
        case "=", ":":
            advance()
            skipBlanks()
            assignment.value = try value()
        default: throw error("expected '=' after '\(name)'")
        }
        return assignment
    }

    mutating func skipLine() {
        while let scalar = peek, scalar != "\n" { advance() }
    }

    private var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func advance() {
        (line, column) = scalars[index] == "\n" ? (line + 1, 1) : (line, column + 1)
        index += 1
    }

    private mutating func skipBlanks() {
        while let scalar = peek, isBlank(scalar) { advance() }
    }

    private mutating func takeName() -> String {
        let start = index
        while let scalar = peek, scalar.isASCII,
            scalar.properties.isAlphabetic || "0123456789_.-".unicodeScalars.contains(scalar)
        {
            advance()
        }
        return String(String.UnicodeScalarView(scalars[start..<index]))
    }

    private mutating func value() throws(SyntaxError) -> Assignment.Value {
        guard let quote = peek, quote == "'" || quote == "\"" else { return .template(unquoted()) }
        let opening = error("the quote is not closed")
        advance()
        var text = ""
        while let scalar = peek, scalar != quote {
            advance()
            guard scalar == "\\", let escaped = peek else {
                text.unicodeScalars.append(scalar)
                continue
            }
            if quote == "'" {
                // Single quotes are literal but for the quote itself.
                if escaped == "'" { advance() }
                text.unicodeScalars.append(escaped == "'" ? "'" : "\\")
            } else {
                advance()
                text += unescaped(escaped)
            }
        }
        guard peek == quote else { throw opening }
        advance()
        skipBlanks()
        if let scalar = peek, scalar != "\n", scalar != "#" { throw error("unexpected text after the closing quote") }
        skipLine()
        return quote == "'" ? .literal(text) : .template(text)
    }

    /// Up to the end of the line or a comment that a blank precedes.
    private mutating func unquoted() -> String {
        let start = index
        var end = index
        while let scalar = peek, scalar != "\n" {
            if scalar == "#", index == start || isBlank(scalars[index - 1]) { break }
            advance()
            if !isBlank(scalar) { end = index }
        }
        skipLine()
        return String(String.UnicodeScalarView(scalars[start..<end]))
    }

    private func unescaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "n": "\n"
        case "r": "\r"
        case "t": "\t"
        case "\"", "\\": String(scalar)
        case "$": "$$"
        default: "\\" + String(scalar)
        }
    }

    private func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }

    private func error(_ message: String) -> SyntaxError { SyntaxError(message: message, line: line, column: column) }
}

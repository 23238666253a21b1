/// Reads `--where` by recursive descent: one function for each rule of ``WhereExpression``.
struct WhereParser {
    private let source: String
    private let tokens: [WhereScanner.Placed]
    private var index = 0
    private var depth = 0

    /// Brackets and `not` within each other; more is nobody's question.
    private static let deepest = 100

    static func parse(_ source: String) throws(WhereError) -> WhereExpression {
        var parser = WhereParser(source: source, tokens: try WhereScanner.tokens(of: source))
        let expression = try parser.condition()
        guard parser.current.token == .end else { throw parser.error("'and', 'or' or the end should follow here") }
        return expression
    }

    private init(source: String, tokens: [WhereScanner.Placed]) {
        self.source = source
        self.tokens = tokens
    }

    // MARK: Tokens

    private var current: WhereScanner.Placed { tokens[index] }

    private func error(_ reason: String, at column: Int? = nil) -> WhereError {
        WhereError(text: source, column: column ?? current.column, reason: reason)
    }

    private mutating func advance() { index = min(index + 1, tokens.count - 1) }

    /// Takes one of these signs or words, if it is next.
    private mutating func take(_ words: String...) -> Bool {
        switch current.token {
        case .sign(let sign) where words.contains(sign): break
        case .name(let names, isWord: true) where words.contains(names[0]): break
        default: return false
        }
        advance()
        return true
    }

    // MARK: Rules

    private mutating func condition() throws(WhereError) -> WhereExpression {
        var parts = [try alternative()]
        while take("or", "||") { parts.append(try alternative()) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func alternative() throws(WhereError) -> WhereExpression {
        var parts = [try negation()]
        while take("and", "&&") { parts.append(try negation()) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func negation() throws(WhereError) -> WhereExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw error("more than \(Self.deepest) brackets within each other") }
        if take("not", "!") { return .not(try negation()) }
        guard take("(") else { return try test() }
        let inner = try condition()
        guard take(")") else { throw error("a ')' is missing here") }
        return inner
    }

    private mutating func test() throws(WhereError) -> WhereExpression {
        guard case .name(let names, _) = current.token else { throw error("a field's name should stand here") }
        advance()
        let field = WhereField(names)
        if take("in") { return .test(field, .isIn(try list(field))) }
        if take("not") {
            guard take("in") else { throw error("'in' should follow 'not' here") }
            return .test(field, .isNotIn(try list(field)))
        }
        guard case .sign(let sign) = current.token else { return .test(field, .isThere) }
        if take("~") { return .test(field, .matches(try pattern())) }
        if take("!~") { return .test(field, .matchesNot(try pattern())) }
        guard let comparison = WhereTest.Comparison(rawValue: sign == "==" ? "=" : sign) else {
            // Whatever follows is not this test's.
            return .test(field, .isThere)
        }
        advance()
        return .test(field, .compare(comparison, try value(of: field)))
    }

    private mutating func list(_ field: WhereField) throws(WhereError) -> [WhereValue] {
        guard take("(") else { throw error("a list such as (1, 2) should stand here") }
        var values = [try value(of: field)]
        while take(",") { values.append(try value(of: field)) }
        guard take(")") else { throw error("a ',' or ')' is missing here") }
        return values
    }

    private mutating func pattern() throws(WhereError) -> TextPattern {
        let place = current.column
        let text: String
        switch current.token {
        case .text(let pattern): text = pattern
        case .number(_, let word): text = word
        case .name(let names, _): text = names.joined(separator: ".")
        case .sign, .end: throw error("a regular expression should stand here, in quotes")
        }
        advance()
        do {
            return try TextPattern(text)
        } catch {
            switch error {
            case .syntax(let column, let reason):
                throw self.error("no regular expression: \(reason), at its character \(column)", at: place)
            case .noLibrary(let why): throw self.error("\(LogError.noRegularExpressions(why))", at: place)
            }
        }
    }

    private mutating func value(of field: WhereField) throws(WhereError) -> WhereValue {
        let placed = current
        let value: WhereValue
        switch placed.token {
        case .number(let number, let text): value = .number(number, text)
        case .text(let text): value = .text(text)
        case .name(["true"], isWord: true): value = .boolean(true)
        case .name(["false"], isWord: true): value = .boolean(false)
        case .name(["null"], isWord: true): value = .null
        case .name(let names, _): value = .text(names.joined(separator: "."))
        case .sign, .end: throw error("a value should stand here")
        }
        advance()
        return try typed(value, field, placed.column)
    }

    /// Levels and times are compared as such, so what they are compared with has to be one.
    private func typed(
        _ value: WhereValue, _ field: WhereField, _ column: Int
    ) throws(WhereError) -> WhereValue {
        let text: String
        switch value {
        case .text(let word), .number(_, let word): text = word
        default: return value
        }
        switch field {
        case .level:
            guard let level = LogLevel(text) else {
                let names = LogLevel.allCases.map(\.name).joined(separator: ", ")
                throw error("'\(text)' is no level: \(names)", at: column)
            }
            return .level(level)
        case .time:
            guard let time = LogTime(typed: text) else {
                throw error("'\(text)' is no time such as 2026-01-31T12:00:00Z", at: column)
            }
            return .time(time)
        default: return value
        }
    }
}

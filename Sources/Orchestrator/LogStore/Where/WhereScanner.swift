/// Takes the text of a `--where` apart into words and signs.
struct WhereScanner {
    enum Token: Equatable {
        /// `isWord`: one name without backticks, which may be a word of the language.
        case name([String], isWord: Bool)
        case number(Double, String)
        case text(String)
        /// An operator, a bracket or a comma.
        case sign(String)
        case end
    }
    struct Placed: Equatable {
        let token: Token
        /// From 1.
        let column: Int
    }

    /// Objects within each other that a name can lead through.
    private static let deepest = 100

    private let source: String
    private let characters: [Character]
    private var index = 0

    private init(_ source: String) {
        self.source = source
        characters = Array(source)
    }

    static func tokens(of source: String) throws(WhereError) -> [Placed] {
        var scanner = WhereScanner(source)
        var tokens: [Placed] = []
        repeat { tokens.append(try scanner.next()) } while tokens.last?.token != .end
        return tokens
    }

    private var current: Character? { index < characters.count ? characters[index] : nil }

    private func error(_ reason: String, at index: Int) -> WhereError {
        WhereError(text: source, column: index + 1, reason: reason)
    }

    private mutating func next() throws(WhereError) -> Placed {
        while let character = current, character.isWhitespace { index += 1 }
        let start = index
        guard let character = current else { return Placed(token: .end, column: start + 1) }
        if character == "\"" || character == "'" {
            return Placed(token: .text(try quoted(character)), column: start + 1)
        }
        if character == "`" || Self.beginsName(character) {
            let names = try name()
            return Placed(token: .name(names, isWord: names.count == 1 && character != "`"), column: start + 1)
        }
        if character.isNumber || (character == "-" && index + 1 < characters.count && characters[index + 1].isNumber) {
            return Placed(token: try number(), column: start + 1)
        }
        let signs = ["&&", "||", "==", "!=", "<=", ">=", "!~", "=", "<", ">", "~", "!", "(", ")", ","]
        for sign in signs where characters[index...].starts(with: sign) {
            index += sign.count
            return Placed(token: .sign(sign), column: start + 1)
        }
        throw error("'\(character)' has no meaning here", at: start)
    }

    private static func beginsName(_ character: Character) -> Bool {
        character.isLetter || character == "_" || character == "@" || character == "$"
    }

    private static func isOfName(_ character: Character) -> Bool {
        beginsName(character) || character.isNumber || character == "-"
    }

    private mutating func name() throws(WhereError) -> [String] {
        var names: [String] = []
        while true {
            if current == "`" {
                names.append(try quoted("`"))
            } else {
                let start = index
                while let character = current, Self.isOfName(character) { index += 1 }
                if start == index { throw error("a name is missing behind the dot", at: index) }
                names.append(String(characters[start..<index]))
            }
            guard current == "." else { return names }
            guard names.count < Self.deepest else {
                throw error("more than \(Self.deepest) names within each other", at: index)
            }
            index += 1
        }
    }

    /// Without its quotes; a backslash takes the next character as it is, `\n` and `\t` as usual.
    private mutating func quoted(_ quote: Character) throws(WhereError) -> String {
        let start = index
        index += 1
        var text = ""
        while let character = current {
            index += 1
            if character == quote { return text }
            guard character == "\\", let escaped = current else {
                text.append(character)
                continue
            }
            index += 1
            switch escaped {
            case "n": text.append("\n")
            case "t": text.append("\t")
            // Of anything else but quotes and the backslash both are kept: regular expressions are full of them.
            case quote, "\\": text.append(escaped)
            default: text += "\\\(escaped)"
            }
        }
        throw error("the text that begins here has no end", at: start)
    }

    private mutating func number() throws(WhereError) -> Token {
        let start = index
        index += 1
        while let character = current, character.isNumber || character.isLetter || "+-.:".contains(character) {
            // A sign only belongs to an exponent or a time of day.
            index += 1
        }
        let text = String(characters[start..<index])
        if let number = Double(text) { return .number(number, text) }
        // Times (2026-11-23T10:00:00Z), durations and ids begin with digits, too.
        return .text(text)
    }
}

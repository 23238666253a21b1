/// Splits a line into words as a shell would, without being one: quotes and backslashes, no variables, no operators.
enum CommandLineText {
    /// nil when a quote is left open or the line ends in a backslash.
    static func split(_ line: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var iterator = line.makeIterator()
        while let character = iterator.next() {
            switch (character, quote) {
            case ("\0", _): return nil
            case ("'", "'"), ("\"", "\""): quote = nil
            case ("'", nil), ("\"", nil):
                quote = character
                word = word ?? ""
            case ("\\", nil), ("\\", "\""):
                guard let escaped = iterator.next() else { return nil }
                let keepsBackslash = quote != nil && !"\\\"$`".contains(escaped)
                word = (word ?? "") + (keepsBackslash ? "\\" : "") + String(escaped)
            case (_, nil) where character.isWhitespace:
                if let finished = word { words.append(finished) }
                word = nil
            default: word = (word ?? "") + String(character)
            }
        }
        guard quote == nil else { return nil }
        return words + (word.map { [$0] } ?? [])
    }
}

/// A list of patterns; the last one that matches decides, and `!` in front makes an exception.
struct PathPatterns: Sendable {
    private let patterns: [(isException: Bool, pattern: PathPattern)]
    /// Whether something below a directory that matches may not match.
    var hasExceptions: Bool { patterns.contains { $0.isException } }
    var isEmpty: Bool { patterns.isEmpty }

    /// Throws the text of the pattern that is none.
    init(_ texts: [String]) throws(BadPattern) {
        var patterns: [(Bool, PathPattern)] = []
        for text in texts {
            let isException = text.hasPrefix("!")
            guard let pattern = PathPattern(isException ? text.dropFirst() : text[...]) else {
                throw BadPattern(text: text)
            }
            patterns.append((isException, pattern))
        }
        self.patterns = patterns
    }

    struct BadPattern: Error { let text: String }

    /// Whether a path, or a directory that it is in, matches.
    func match(_ path: String) -> Bool {
        let names = path.split(separator: "/")
        let ways = names.indices.map { names[...$0].joined(separator: "/") }
        return patterns.reduce(false) { matched, entry in
            ways.contains { entry.pattern.matches($0) } ? !entry.isException : matched
        }
    }
}

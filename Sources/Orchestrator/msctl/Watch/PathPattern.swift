/// A pattern of a .dockerignore file (docs.docker.com/reference/dockerfile: Go's filepath.Match, and `**` for any number of
/// directories), for paths relative to one directory: `*.md`, `**/node_modules`, `docs/**/*.txt`, `[ab]?`.
struct PathPattern: Hashable, Sendable {
    private enum Token: Hashable, Sendable {
        case character(Unicode.Scalar)
        /// `?`
        case one
        /// `*`
        case segment
        /// `**/`: nothing, or directories.
        case directories
        /// `**` at the end.
        case anything
        /// `[a-z]`, `[^a-z]`
        case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)
    }
    private let tokens: [Token]

    /// nil when a `[` is not closed or an escape is the last character.
    init?(_ text: some StringProtocol) {
        var tokens: [Token] = []
        var rest = Substring(Self.cleaned(text)).unicodeScalars
        while let scalar = rest.popFirst() {
            switch scalar {
            case "*" where rest.first == "*":
                rest.removeFirst()
                if rest.first == "/" { rest.removeFirst() }
                tokens.append(rest.isEmpty ? .anything : .directories)
            case "*": tokens.append(.segment)
            case "?": tokens.append(.one)
            case "[":
                guard let set = Self.set(&rest) else { return nil }
                tokens.append(set)
            case "\\":
                guard let next = rest.popFirst() else { return nil }
                tokens.append(.character(next))
            default: tokens.append(.character(scalar))
            }
        }
        self.tokens = tokens
    }

    /// `path` without a leading slash.
    func matches(_ path: String) -> Bool {
        var search = Search(tokens: tokens, text: Array(path.unicodeScalars))
        return search.matches(0, 0)
    }

    /// As Go's filepath.Clean does for what people write: no leading or trailing slash, no `.` between slashes.
    private static func cleaned(_ text: some StringProtocol) -> String {
        text.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    private static func set(_ rest: inout Substring.UnicodeScalarView) -> Token? {
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        let isNegated = rest.first == "^"
        if isNegated { rest.removeFirst() }
        while let low = member(&rest) {
            var high = low
            if rest.first == "-", rest.dropFirst().first != "]" {
                rest.removeFirst()
                guard let end = member(&rest), end >= low else { return nil }
                high = end
            }
            ranges.append(low...high)
            if rest.first == "]" {
                rest.removeFirst()
                return .set(ranges, isNegated: isNegated)
            }
        }
        return nil
    }

    private static func member(_ rest: inout Substring.UnicodeScalarView) -> Unicode.Scalar? {
        guard let scalar = rest.popFirst() else { return nil }
        return scalar == "\\" ? rest.popFirst() : scalar
    }

    /// Tries each token at each place once at most, however many stars there are.
    private struct Search {
        let tokens: [Token]
        let text: [Unicode.Scalar]
        private var failed: Set<Int> = []

        init(tokens: [Token], text: [Unicode.Scalar]) {
            self.tokens = tokens
            self.text = text
        }

        mutating func matches(_ token: Int, _ place: Int) -> Bool {
            guard token < tokens.count else { return place == text.count }
            let key = token * (text.count + 1) + place
            if failed.contains(key) { return false }
            if step(token, place) { return true }
            failed.insert(key)
            return false
        }

        private mutating func step(_ token: Int, _ place: Int) -> Bool {
            let next = place < text.count ? text[place] : nil
            switch tokens[token] {
            case .character(let scalar): return next == scalar && matches(token + 1, place + 1)
            case .one: return next != nil && next != "/" && matches(token + 1, place + 1)
            case .set(let ranges, let isNegated):
                guard let next, next != "/" else { return false }
                return ranges.contains { $0.contains(next) } != isNegated && matches(token + 1, place + 1)
            case .segment:
                return matches(token + 1, place) || (next != nil && next != "/" && matches(token, place + 1))
            case .anything: return true
            case .directories:
                if matches(token + 1, place) { return true }
                return text.indices[place...].contains { text[$0] == "/" && matches(token + 1, $0 + 1) }
            }
        }
    }
}

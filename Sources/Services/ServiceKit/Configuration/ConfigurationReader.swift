import Foundation
import Logging

/// Settings that cannot be used: every problem found, not only the first. Ends the process with status 78 (EX_CONFIG).
package struct ConfigurationError: Error, Equatable {
    package let problems: [String]
}

/// Reads typed settings from environment variables and collects everything that is wrong with them.
///
/// As in ``ObjectReader``, a missing or wrong setting is noted and a neutral value returned; `finish()` throws what was
/// noted. No message contains a value, since a value may be a secret in the wrong variable. A variable whose name is
/// nearly one that was read is a problem too: somebody meant it, and it would have no effect.
package struct ConfigurationReader {
    private let environment: [String: String]
    package private(set) var problems: [String] = []
    private var known: Set<String> = []

    package init(environment: [String: String]) {
        self.environment = environment
    }

    /// Text of at least one character.
    package mutating func string(_ name: String, default fallback: String? = nil) -> String {
        if let value = present(name) ?? fallback { return value }
        note(name, "is missing")
        return ""
    }

    package mutating func optionalString(_ name: String) -> String? {
        present(name)
    }

    /// A whole number in `range`.
    package mutating func integer(_ name: String, in range: ClosedRange<Int>, default fallback: Int? = nil) -> Int {
        guard let text = present(name) else {
            if let fallback { return fallback }
            note(name, "is missing")
            return range.lowerBound
        }
        // Digits and a minus only: Int takes +1 as well.
        guard text.utf8.first != UInt8(ascii: "+"), let number = Int(text), range.contains(number) else {
            note(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return range.lowerBound
        }
        return number
    }

    /// A value that `parse` makes from the text.
    package mutating func parsed<Value>(
        _ name: String, as expected: String, default fallback: Value, _ parse: (String) -> Value?
    ) -> Value {
        guard let text = present(name) else { return fallback }
        if let value = parse(text) { return value }
        note(name, "must be \(expected)")
        return fallback
    }

    /// An `http://host[:port]` address without path; `placeholder` is returned only beside a noted problem.
    package mutating func baseURL(_ name: String) -> URL {
        let placeholder = URL(filePath: "/")
        guard let text = present(name) else {
            note(name, "is missing")
            return placeholder
        }
        guard let url = Self.address(text) else {
            note(name, "must be an http address without a path")
            return placeholder
        }
        guard url.user() == nil, url.password() == nil else {
            note(name, "must not hold a user or a password")
            return placeholder
        }
        return url
    }

    /// The file path in a `sqlite:` address such as `sqlite:/data/users.db`.
    package mutating func sqlitePath(_ name: String) -> String {
        guard let text = present(name) else {
            note(name, "is missing")
            return ""
        }
        let prefix = text.hasPrefix("sqlite://") ? "sqlite://" : "sqlite:"
        let path = String(text.dropFirst(prefix.count))
        // A directory cannot be a database, and :memory: would be another for every connection.
        guard text.hasPrefix(prefix), !path.isEmpty, !path.hasSuffix("/"), !path.hasPrefix(":"), !path.contains("\0")
        else {
            note(name, "must be sqlite:PATH")
            return ""
        }
        return path
    }

    package mutating func note(_ name: String, _ problem: String) {
        problems.append("\(name) \(problem)")
    }

    package func finish() throws(ConfigurationError) {
        let problems = problems + misspelled
        guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
    }

    /// Variables that nobody asked for and whose names are nearly a setting's. The environment is full of other
    /// programs' variables, so anything further off is not ours to judge.
    private var misspelled: [String] {
        environment.keys.filter { !known.contains($0) }.sorted().compactMap { name in
            NearbyName.nearest(to: name, among: known).map { "\(name) is not a setting; did you mean \($0)?" }
        }
    }

    /// An empty variable is as good as none: that is what `${X}` of an unset X leaves behind.
    mutating func present(_ name: String) -> String? {
        known.insert(name)
        return environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func address(_ text: String) -> URL? {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let url = URL(string: text),
            ["http", "https"].contains(url.scheme), let host = url.host(), !host.isEmpty,
            url.port.map({ (1...65535).contains($0) }) ?? true, url.path().isEmpty || url.path() == "/",
            url.query() == nil, url.fragment() == nil
        else { return nil }
        return url
    }
}

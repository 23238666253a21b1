import Foundation
import Logging

/// Settings that cannot be used: every problem found, not only the first. Ends the process with status 78 (EX_CONFIG).
package struct ConfigurationError: Error, Equatable {
    package let problems: [String]
}

/// Reads typed settings from environment variables and collects everything that is wrong with them.
///
/// As in ``ObjectReader``, a missing or wrong setting is noted and a neutral value returned; `finish()` throws what was
/// noted. No message contains a value, since a value may be a secret in the wrong variable.
package struct ConfigurationReader {
    private let environment: [String: String]
    package private(set) var problems: [String] = []

    package init(environment: [String: String]) {
        self.environment = environment
    }

    /// Text of at least one character.
    package mutating func string(_ name: String, default fallback: String? = nil) -> String {
        if let value = present(name) ?? fallback { return value }
        note(name, "is missing")
        return ""
    }

    package func optionalString(_ name: String) -> String? {
        present(name)
    }

    /// A whole number in `range`.
    package mutating func integer(_ name: String, in range: ClosedRange<Int>, default fallback: Int? = nil) -> Int {
        guard let text = present(name) else {
            if let fallback { return fallback }
            note(name, "is missing")
            return range.lowerBound
        }
        guard let number = Int(text), range.contains(number) else {
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
        guard let url = URL(string: text), ["http", "https"].contains(url.scheme), url.host() != nil,
            url.path().isEmpty || url.path() == "/", url.query() == nil
        else {
            note(name, "must be an http address without a path")
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
        guard text.hasPrefix("sqlite:"), text.utf8.count > "sqlite:".utf8.count else {
            note(name, "must be sqlite:PATH")
            return ""
        }
        let path = text.dropFirst("sqlite:".count)
        return path.hasPrefix("//") ? String(path.dropFirst(2)) : String(path)
    }

    /// The secret in the file that `NAME_FILE` points at, without a trailing newline, `minimum` bytes or more.
    package mutating func secret(_ name: String, minimum: Int = 32) -> Secret {
        let variable = "\(name)_FILE"
        guard let path = present(variable) else {
            note(variable, "is missing")
            return Secret(bytes: [])
        }
        guard let contents = FileManager.default.contents(atPath: path) else {
            note(variable, "names a file that cannot be read")
            return Secret(bytes: [])
        }
        let bytes = [UInt8](contents.prefix(4096)).trimmingSuffix { $0 == 0x0A || $0 == 0x0D }
        guard bytes.count >= minimum else {
            note(variable, bytes.isEmpty ? "names an empty file" : "holds fewer than \(minimum) bytes")
            return Secret(bytes: [])
        }
        return Secret(bytes: bytes)
    }

    /// Like `secret`, but the file holds base64url of exactly `count` bytes, which are returned.
    package mutating func key(_ name: String, count: Int) -> Secret {
        let before = problems.count
        let text = secret(name)
        guard problems.count == before else { return text }
        guard let bytes = Base64URL.decode(text.text), bytes.count == count else {
            note("\(name)_FILE", "must hold \(count) bytes in base64url")
            return Secret(bytes: [])
        }
        return Secret(bytes: bytes)
    }

    package mutating func note(_ name: String, _ problem: String) {
        problems.append("\(name) \(problem)")
    }

    package func finish() throws(ConfigurationError) {
        guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
    }

    /// An empty variable is as good as none: that is what `${X}` of an unset X leaves behind.
    private func present(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension Array {
    fileprivate func trimmingSuffix(while predicate: (Element) -> Bool) -> [Element] {
        let end = lastIndex { !predicate($0) }.map { $0 + 1 } ?? 0
        return [Element](self[..<end])
    }
}

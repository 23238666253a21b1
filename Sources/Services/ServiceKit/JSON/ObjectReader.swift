import Foundation

/// One thing that is wrong with a request body: where (RFC 6901 JSON pointer) and what. Never the offending value.
package struct Violation: Sendable, Equatable {
    package let pointer: String
    package let detail: String

    package init(pointer: String, detail: String) {
        self.pointer = pointer
        self.detail = detail
    }
}

/// Reads a JSON object into a closed type and collects everything that is wrong with it.
///
/// Each reading method takes one member. When the member is missing or wrong it notes a ``Violation`` and returns a
/// neutral value (`""`, `0`, `[]`), so reading goes on; `finish()` throws all violations as one 422 problem, including
/// a violation for every member nobody asked for. What was read may be used only after `finish()` has returned. Of the
/// body of a request only those members can be asked for that its route declares, see ``JSONBody``.
package struct ObjectReader {
    package private(set) var violations: [Violation]
    private let pointer: String
    private var unread: [String: JSONValue]
    /// Members that must not be there, whoever asks for them.
    private var undeclared: [String]

    /// - Parameter declared: the members that may be there; nil for whichever are asked for.
    package init(_ value: JSONValue, pointer: String = "", declared: Set<String>? = nil) {
        self.pointer = pointer
        if case .object(let members) = value {
            let isDeclared = { (member: JSONValue.Member) in declared?.contains(member.name) ?? true }
            unread = Dictionary(members.filter(isDeclared).map { ($0.name, $0.value) }) { first, _ in first }
            undeclared = members.filter { !isDeclared($0) }.map(\.name)
            violations = []
        } else {
            unread = [:]
            undeclared = []
            violations = [Violation(pointer: pointer, detail: "must be an object, not \(value.kind)")]
        }
    }

    // MARK: Strings

    /// A string whose length in Unicode scalars lies in `length`, without control characters (line feeds and tabs are
    /// allowed when `multiline`).
    package mutating func string(_ name: String, length: ClosedRange<Int>, multiline: Bool = false) -> String {
        required(name).flatMap { text($0, name, length, multiline) } ?? ""
    }

    /// Like `string`, but nil when the member is absent.
    package mutating func optionalString(
        _ name: String, length: ClosedRange<Int>, multiline: Bool = false
    ) -> String? {
        take(name).flatMap { text($0, name, length, multiline) }
    }

    /// A string that `parse` turns into a value; nil and a violation "must be `expected`" when it cannot.
    package mutating func parsed<Value>(_ name: String, as expected: String, _ parse: (String) -> Value?) -> Value? {
        guard let value = required(name) else { return nil }
        guard case .string(let text) = value, let result = parse(text) else {
            note(name, "must be \(expected)")
            return nil
        }
        return result
    }

    /// A UUID in its textual form.
    package mutating func uuid(_ name: String) -> UUID {
        parsed(name, as: "a UUID", UUID.init(uuidString:)) ?? .zero
    }

    // MARK: Numbers

    /// A whole number in `range`.
    package mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int {
        required(name).flatMap { whole($0, name, range) } ?? range.lowerBound
    }

    /// Like `integer`, but nil when the member is absent.
    package mutating func optionalInteger(_ name: String, in range: ClosedRange<Int>) -> Int? {
        take(name).flatMap { whole($0, name, range) }
    }

    // MARK: Nesting

    /// The object under `name`, read by `read` with its own pointer.
    package mutating func object<Value>(_ name: String, _ read: (inout ObjectReader) -> Value) -> Value? {
        required(name).map { nested($0, escaped(name), read) }
    }

    /// Like `object`, but nil without a violation when the member is absent.
    package mutating func optionalObject<Value>(_ name: String, _ read: (inout ObjectReader) -> Value) -> Value? {
        take(name).map { nested($0, escaped(name), read) }
    }

    /// An array of objects, each read by `read`, as many as `count` allows.
    package mutating func objects<Value>(
        _ name: String, count: ClosedRange<Int>, _ read: (inout ObjectReader) -> Value
    ) -> [Value] {
        guard let value = required(name) else { return [] }
        guard case .array(let elements) = value else {
            note(name, "must be an array, not \(value.kind)")
            return []
        }
        guard count.contains(elements.count) else {
            note(name, "must have \(count.lowerBound) to \(count.upperBound) elements")
            return []
        }
        return elements.enumerated().map { nested($1, "\(escaped(name))/\($0)", read) }
    }

    // MARK: Verdict

    /// Notes a violation that only the caller can see, such as two fields that contradict each other.
    package mutating func note(_ name: String, _ detail: String) {
        violations.append(Violation(pointer: "\(pointer)/\(escaped(name))", detail: detail))
    }

    /// Throws everything noted, and every member nobody read, as one 422 problem.
    package mutating func finish() throws(Problem) {
        noteUnread()
        guard violations.isEmpty else { throw .invalidBody(violations) }
    }

    /// Like `finish()`, and hands back what was read without its optionality: nothing is nil when nothing was noted.
    package mutating func finish<each Value>(_ values: repeat (each Value)?) throws(Problem) -> (repeat each Value) {
        try finish()
        return (repeat try Self.present(each values))
    }

    private static func present<Value>(_ value: Value?) throws(Problem) -> Value {
        guard let value else { throw .internalError }
        return value
    }

    private mutating func noteUnread() {
        for name in (undeclared + unread.keys).sorted() {
            if Self.isWord(name) {
                note(name, "is not a known member")
            } else {
                violations.append(Violation(pointer: pointer, detail: "has a member that is not known"))
            }
        }
        unread = [:]
        undeclared = []
    }

    /// Whether a name that nobody asked for may be repeated: letters and underscores, as members are called. Anything
    /// else may be what was meant to be a value, such as a password.
    static func isWord(_ name: String) -> Bool {
        (1...32).contains(name.utf8.count)
            && name.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F }
    }

    private mutating func take(_ name: String) -> JSONValue? {
        unread.removeValue(forKey: name)
    }

    private mutating func required(_ name: String) -> JSONValue? {
        if let value = take(name) { return value }
        note(name, "is required")
        return nil
    }

    private mutating func nested<Value>(
        _ value: JSONValue, _ path: String, _ read: (inout ObjectReader) -> Value
    ) -> Value {
        var reader = ObjectReader(value, pointer: "\(pointer)/\(path)")
        // A value that is no object has one violation, not one more for each member it lacks.
        let isObject = reader.violations.isEmpty
        let noted = reader.violations
        let result = read(&reader)
        reader.noteUnread()
        violations.append(contentsOf: isObject ? reader.violations : noted)
        return result
    }

    private mutating func text(
        _ value: JSONValue, _ name: String, _ length: ClosedRange<Int>, _ multiline: Bool
    ) -> String? {
        guard case .string(let text) = value else {
            note(name, "must be a string, not \(value.kind)")
            return nil
        }
        guard length.contains(text.unicodeScalars.count) else {
            note(name, "must have \(length.lowerBound) to \(length.upperBound) characters")
            return nil
        }
        let hasControl = text.unicodeScalars.contains {
            $0.properties.generalCategory == .control && !(multiline && ($0 == "\n" || $0 == "\t"))
        }
        guard !hasControl else {
            note(name, "must not have control characters")
            return nil
        }
        return text
    }

    private mutating func whole(_ value: JSONValue, _ name: String, _ range: ClosedRange<Int>) -> Int? {
        guard case .integer(let number) = value else {
            note(name, "must be a whole number")
            return nil
        }
        guard let result = Int(exactly: number), range.contains(result) else {
            note(name, "must be between \(range.lowerBound) and \(range.upperBound)")
            return nil
        }
        return result
    }

    private func escaped(_ name: String) -> String {
        name.replacing("~", with: "~0").replacing("/", with: "~1")
    }
}

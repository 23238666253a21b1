extension WhereExpression {
    /// - Throws: when a regular expression takes too much.
    func holds(for subject: WhereSubject) throws(RegularExpression.Exhausted) -> Bool {
        switch self {
        case .all(let parts):
            for part in parts where try !part.holds(for: subject) { return false }
            return true
        case .any(let parts):
            for part in parts where try part.holds(for: subject) { return true }
            return false
        case .not(let part): return try !part.holds(for: subject)
        case .test(let field, let test): return try test.holds(for: field, of: subject)
        }
    }
}

extension WhereTest {
    fileprivate func holds(for field: WhereField, of subject: WhereSubject) throws(RegularExpression.Exhausted) -> Bool
    {
        guard let value = subject.value(of: field) else {
            // Null and absent are the same here.
            return switch self {
            case .compare(.equal, .null): true
            case .isIn(let values): values.contains(.null)
            default: false
            }
        }
        switch self {
        case .isThere: return !value.isFalse
        case .compare(let comparison, let other): return Self.compare(value, comparison, other, subject)
        case .matches(let pattern): return try pattern.occurs(in: value.bytes)
        case .matchesNot(let pattern): return try !pattern.occurs(in: value.bytes)
        case .isIn(let values): return values.contains { Self.compare(value, .equal, $0, subject) }
        case .isNotIn(let values): return !values.contains { Self.compare(value, .equal, $0, subject) }
        }
    }

    private static func compare(
        _ value: WhereSubject.Value, _ comparison: Comparison, _ other: WhereValue, _ subject: WhereSubject
    ) -> Bool {
        switch other {
        case .null: return comparison == .unequal
        case .boolean(let expected):
            let isEqual = !value.isText && value.bytes.elementsEqual((expected ? "true" : "false").utf8)
            return comparison == .equal ? isEqual : comparison == .unequal && !isEqual
        case .level(let level): return comparison.holds(subject.context.severity, level)
        case .time(let time): return comparison.holds(subject.context.time, time)
        case .number(let number, _):
            guard let own = value.number else { return comparison == .unequal }
            return comparison.holds(own, number)
        case .text(let text):
            // By bytes, which is the order of code points.
            if comparison.isOfEquality { return value.bytes.elementsEqual(text.utf8) == (comparison == .equal) }
            return comparison.holds(Bytes(value.bytes), Bytes(Array(text.utf8)[...]))
        }
    }

    private struct Bytes: Comparable {
        let bytes: ArraySlice<UInt8>
        init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }
        static func < (a: Bytes, b: Bytes) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
    }
}

extension WhereTest.Comparison {
    fileprivate var isOfEquality: Bool { self == .equal || self == .unequal }

    fileprivate func holds<Value: Comparable>(_ a: Value, _ b: Value) -> Bool {
        switch self {
        case .equal: a == b
        case .unequal: a != b
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        case .greaterOrEqual: a >= b
        }
    }
}

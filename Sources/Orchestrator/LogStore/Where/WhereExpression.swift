/// `--where`: a condition on one line, as a tree.
///
/// ```
/// condition   = alternative { ("or" | "||") alternative }
/// alternative = negation { ("and" | "&&") negation }
/// negation    = ("not" | "!") negation | "(" condition ")" | test
/// test        = field [ operator value | ["not"] "in" "(" value { "," value } ")" ]
/// operator    = "=" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~"
/// field       = name { "." name }          a name of other characters stands in backticks
/// value       = number | "text" | 'text' | word | true | false | null
/// ```
///
/// A field alone asks whether it is there and neither null nor false. A test of a field that is not there is false, `!=`
/// and `!~` too; `not` of it is true. `~` takes a regular expression.
indirect enum WhereExpression: Sendable {
    case all([WhereExpression])
    case any([WhereExpression])
    case not(WhereExpression)
    case test(WhereField, WhereTest)
}

/// What one field is asked.
enum WhereTest: Sendable {
    case isThere
    case compare(Comparison, WhereValue)
    case matches(TextPattern)
    case matchesNot(TextPattern)
    case isIn([WhereValue])
    case isNotIn([WhereValue])

    enum Comparison: String {
        case equal = "="
        case unequal = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }
}

/// Something that a field is compared with.
enum WhereValue: Sendable, Equatable {
    /// As it was written, for comparisons with text.
    case number(Double, String)
    case text(String)
    case boolean(Bool)
    case null
    /// Of the field `level`: compared by gravity.
    case level(LogLevel)
    /// Of the field `time`.
    case time(LogTime)
}

/// Which value of a line: what every line has, or a member of its record.
enum WhereField: Sendable, Hashable {
    case level, time, message, service, instance, run, stream, trace, span, request
    /// Names from the outside in; a key that holds dots itself counts, too.
    case record([String])

    /// - Parameter names: at least one. `fields.level` is the record's own, whatever it holds.
    init(_ names: [String]) {
        switch names {
        case ["level"]: self = .level
        case ["time"]: self = .time
        case ["message"]: self = .message
        case ["service"]: self = .service
        case ["instance"]: self = .instance
        case ["run"]: self = .run
        case ["stream"]: self = .stream
        case ["traceId"]: self = .trace
        case ["spanId"]: self = .span
        case ["requestId"]: self = .request
        default: self = .record(names.first == "fields" && names.count > 1 ? Array(names.dropFirst()) : names)
        }
    }
}

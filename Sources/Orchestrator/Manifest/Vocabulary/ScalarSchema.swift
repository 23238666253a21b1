/// What a schema says of one kind of scalar. A text in which a variable stands is always allowed: what it will be, only a
/// load knows.
struct ScalarSchema: Sendable, Hashable {
    enum Kind: String, Sendable {
        case string
        case integer
        case number
        case boolean
    }
    /// How readers of YAML, old and new, may take it: `022` is a number to them, `no` a Boolean.
    var kinds: [Kind]
    /// What a text must match, ECMA 262, not anchored.
    var pattern: String?
    /// The range of numbers.
    var minimum: Int?
    var maximum: Int?
    /// The least number does not count itself.
    var isAboveMinimum = false
    /// The words that it may be; others only if they match `pattern`.
    var words: [String] = []

    init(_ kinds: Kind..., pattern: String? = nil, minimum: Int? = nil, maximum: Int? = nil) {
        self.kinds = kinds
        self.pattern = pattern
        self.minimum = minimum
        self.maximum = maximum
    }

    /// Anything that is written as one scalar.
    static let text = ScalarSchema(.string, .number, .boolean)
    static let nonEmptyText = ScalarSchema(.string, .number, .boolean, pattern: ".")
    static let boolean = ScalarSchema(.boolean)

    static func integer(_ range: ClosedRange<Int>) -> ScalarSchema {
        ScalarSchema(
            .integer, .string, pattern: "^(0|[1-9][0-9]*)$", minimum: range.lowerBound, maximum: range.upperBound)
    }

    static func words(_ words: [String]) -> ScalarSchema {
        var schema = ScalarSchema()
        schema.words = words
        return schema
    }
}

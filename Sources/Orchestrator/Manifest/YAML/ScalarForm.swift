/// How one kind of value is read from a scalar's text, how a wrong one is explained, and what the schema says of it.
struct ScalarForm<Value>: Sendable {
    /// Completes "must be …".
    let expected: String
    let schema: ScalarSchema
    var hint: @Sendable (ManifestNode.Scalar) -> String? = { _ in nil }
    let parse: @Sendable (ManifestNode.Scalar) -> Value?
}

extension ScalarForm where Value == String {
    static var text: ScalarForm {
        ScalarForm(expected: "a string", schema: .text) { $0.text.contains("\0") ? nil : $0.text }
    }

    static var nonEmptyText: ScalarForm {
        ScalarForm(expected: "a string that is not empty", schema: .nonEmptyText) {
            $0.text.isEmpty || $0.text.contains("\0") ? nil : $0.text
        }
    }

    static var variableName: ScalarForm {
        ScalarForm(
            expected: "the name of a variable",
            schema: ScalarSchema(.string, .boolean, pattern: "^[A-Za-z_][A-Za-z0-9_]*$"),
            hint: { $0.text.hasPrefix("$") || $0.style == .interpolated ? "write the name alone, without $" : nil },
            parse: { scalar in
                let isName = scalar.text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
                return isName && scalar.text.first?.isNumber == false ? scalar.text : nil
            })
    }

    /// One of a few words.
    static func word(_ words: [String]) -> ScalarForm {
        ScalarForm(
            expected: "one of \(words.joined(separator: ", "))", schema: .words(words),
            hint: { NearestWord.hint(for: $0.text, in: words) },
            parse: { words.contains($0.text) ? $0.text : nil })
    }

    /// In the syntax of Swift's `Regex`, which is about Perl's.
    static var regularExpression: ScalarForm {
        ScalarForm(expected: "a regular expression", schema: .nonEmptyText) { scalar in
            scalar.text.isEmpty || scalar.text.contains("\0") || (try? Regex(scalar.text)) == nil ? nil : scalar.text
        }
    }
}

extension ScalarForm where Value: RawRepresentable<String> & Sendable {
    /// One of a few words that are cases.
    static func word(_ cases: Value...) -> ScalarForm {
        let words = cases.map(\.rawValue)
        return ScalarForm(
            expected: "one of \(words.joined(separator: ", "))", schema: .words(words),
            hint: { NearestWord.hint(for: $0.text, in: words) },
            parse: { scalar in cases.first { $0.rawValue == scalar.text } })
    }
}

extension ScalarForm where Value == Bool {
    /// Only `true` and `false`, unquoted: whether `yes`, `on` or `"true"` are Booleans depends on whom one asks.
    static var boolean: ScalarForm {
        ScalarForm(
            expected: "true or false", schema: .boolean,
            hint: { scalar in
                switch scalar.text.lowercased() {
                case "true", "yes", "on", "y": "write true without quotes"
                case "false", "no", "off", "n": "write false without quotes"
                default: nil
                }
            },
            parse: { scalar in
                guard scalar.style != .quoted else { return nil }
                return scalar.text == "true" ? true : scalar.text == "false" ? false : nil
            })
    }
}

extension ScalarForm where Value == Int {
    static func integer(_ range: ClosedRange<Int>) -> ScalarForm {
        ScalarForm(
            expected: "a whole number from \(range.lowerBound) to \(range.upperBound)", schema: .integer(range)
        ) { scalar in
            DecimalText.integer(scalar.text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension ScalarForm where Value == Duration {
    static var duration: ScalarForm { duration(positive: false) }
    static var positiveDuration: ScalarForm { duration(positive: true) }

    private static func duration(positive: Bool) -> ScalarForm {
        ScalarForm(
            expected: positive ? "a duration above zero such as 1m30s" : "a duration such as 1m30s",
            schema: ScalarSchema(.string, pattern: DurationText.pattern(positive: positive)),
            hint: { scalar in DecimalText.integer(scalar.text).map { "did you mean \($0)s?" } },
            parse: { scalar in
                DurationText.parse(scalar.text).flatMap { positive && $0 <= .zero ? nil : $0 }
            })
    }
}

extension ScalarForm where Value == UInt64 {
    static var byteSize: ScalarForm {
        ScalarForm(
            expected: "a size such as 200MB",
            schema: ScalarSchema(.string, .number, pattern: "^\(ByteSizeText.pattern)$", minimum: 0)
        ) { ByteSizeText.parse($0.text) }
    }

    static var positiveByteSize: ScalarForm {
        var schema = ScalarSchema(.string, .number, pattern: "^(?=.*[1-9])\(ByteSizeText.pattern)$", minimum: 0)
        schema.isAboveMinimum = true
        return ScalarForm(expected: "a size above zero such as 200MB", schema: schema) {
            ByteSizeText.parse($0.text).flatMap { $0 > 0 ? $0 : nil }
        }
    }
}

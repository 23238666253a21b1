/// Durations in Compose's grammar: `500ms`, `2.5s`, `1m30s`, `5h34m56s`.
enum DurationText {
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("w", 604_800_000_000_000), ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000),
        ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000), ("ns", 1),
    ]

    /// What ``parse(_:)`` reads, as a regular expression of ECMA 262; for a size that fits.
    static func pattern(positive: Bool) -> String {
        let names = units.map(\.name).joined(separator: "|")
        return "^\(positive ? "(?=.*[1-9])" : "")(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(\(names)|µs|μs))+$"
    }

    /// nil for anything else, a plain number included: 30 of what?
    static func parse(_ text: String) -> Duration? {
        var rest = text[...]
        var total: Int64 = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let whole = rest.prefix(while: \.isASCIIDigit)
            rest = rest.dropFirst(whole.count)
            var fraction: Substring = ""
            if rest.first == "." {
                fraction = rest.dropFirst().prefix(while: \.isASCIIDigit)
                rest = rest.dropFirst(1 + fraction.count)
            }
            let name = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(name.count)
            let spelled = name == "µs" || name == "μs" ? "us" : String(name)
            guard let unit = units.first(where: { $0.name == spelled })?.nanoseconds,
                let value = DecimalText.scaled(whole: whole, fraction: fraction, unit: unit)
            else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(value)
            guard !overflow else { return nil }
            total = sum
        }
        return .nanoseconds(total)
    }

    /// The shortest text that ``parse(_:)`` reads as the same duration, to the nanosecond.
    static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return "\(seconds)s" }
        var rest = whole + attoseconds / 1_000_000_000
        guard rest > 0 else { return "0s" }
        var text = ""
        for unit in units.dropFirst(2) where rest >= unit.nanoseconds {
            text += "\(rest / unit.nanoseconds)\(unit.name)"
            rest %= unit.nanoseconds
        }
        return text
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { "0" <= self && self <= "9" }
}

/// Sizes in Compose's grammar: `2b`, `512k`, `200MB`, `1.5g`; the powers are of 1024, plain numbers are bytes.
enum ByteSizeText {
    private static let powers: [Character: Int] = ["b": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5]

    /// What ``parse(_:)`` reads, as a regular expression of ECMA 262 to be anchored; for a size that fits.
    static let pattern = "[0-9]+(\\.[0-9]*)? *([bB]|[kKmMgGtTpP]([iI]?[bB])?)?"

    static func parse(_ text: String) -> UInt64? {
        let lowered = text.lowercased()
        let number = lowered.prefix { $0.isNumber || $0 == "." }
        var unit = lowered.dropFirst(number.count).drop { $0 == " " }
        if unit.count > 1 {
            unit = unit.hasSuffix("ib") ? unit.dropLast(2) : unit.hasSuffix("b") ? unit.dropLast() : unit
        }
        let parts = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty, unit.count <= 1, let power = powers[unit.first ?? "b"] else {
            return nil
        }
        let factor = (0..<power).reduce(Int64(1)) { value, _ in value * 1024 }
        return DecimalText.scaled(whole: whole, fraction: parts.count > 1 ? parts[1] : "", unit: factor)
            .map { UInt64($0) }
    }
}

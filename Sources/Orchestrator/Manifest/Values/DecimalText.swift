/// Whole numbers as people write them: no sign, no leading zero (`0755` is octal to some), no `_`.
enum DecimalText {
    static func integer(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            text.utf8.first != 0x30 || text.utf8.count == 1
        else { return nil }
        return Int(text)
    }

    /// `1.5` times `unit`, exact to the unit's last digit; nil when it is no number or too large.
    static func scaled(whole: Substring, fraction: Substring, unit: Int64) -> Int64? {
        guard !(whole.isEmpty && fraction.isEmpty), whole.count <= 18, fraction.count <= 9,
            (whole + fraction).utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        let (product, overflow) = (Int64(whole) ?? 0).multipliedReportingOverflow(by: unit)
        guard !overflow else { return nil }
        let power = (0..<fraction.count).reduce(Int64(1)) { value, _ in value * 10 }
        let part = (Int64(fraction) ?? 0).multipliedFullWidth(by: unit)
        let (sum, carried) = product.addingReportingOverflow(power.dividingFullWidth(part).quotient)
        return carried ? nil : sum
    }
}

/// An amount in the smallest unit of its currency, as the API speaks of it.
struct Money: Codable, Equatable, CustomStringConvertible {
    let amount: Int64
    /// ISO 4217.
    let currency: String

    init(amount: Int64, currency: String) {
        self.amount = amount
        self.currency = currency
    }

    /// Reads `19.99` in a currency; nil for anything but digits with as many decimals as the currency has at most.
    init?(_ text: String, currency: String) {
        let isLetter: (Character) -> Bool = { "A" <= $0 && $0 <= "Z" }
        let isDigit: (Character) -> Bool = { "0" <= $0 && $0 <= "9" }
        guard currency.count == 3, currency.allSatisfy(isLetter) else { return nil }
        let decimals = Self.decimals(of: currency)
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty, whole.allSatisfy(isDigit), parts.count <= 2 else { return nil }
        let fraction = parts.count == 2 ? parts[1] : ""
        guard parts.count == 1 || !fraction.isEmpty, fraction.count <= decimals, fraction.allSatisfy(isDigit) else {
            return nil
        }
        let digits = whole + fraction + String(repeating: "0", count: decimals - fraction.count)
        guard let amount = Int64(digits) else { return nil }
        self.init(amount: amount, currency: currency)
    }

    /// `19.99 EUR`
    var description: String {
        let decimals = Self.decimals(of: currency)
        guard decimals > 0 else { return "\(amount) \(currency)" }
        let digits = String(amount.magnitude)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return "\(amount < 0 ? "-" : "")\(padded.dropLast(decimals)).\(padded.suffix(decimals)) \(currency)"
    }

    /// The minor units of ISO 4217: two, but for these.
    private static func decimals(of currency: String) -> Int {
        switch currency {
        case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
            "XOF", "XPF":
            0
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
        case "CLF", "UYW": 4
        default: 2
        }
    }
}

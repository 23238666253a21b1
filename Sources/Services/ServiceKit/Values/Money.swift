/// An amount of money: integer minor units (cents) and an ISO 4217 code. Never a floating-point number.
package struct Money: Sendable, Hashable {
    package let amount: Int
    package let currency: Currency

    package init(amount: Int, currency: Currency) {
        self.amount = amount
        self.currency = currency
    }

    /// An ISO 4217 alphabetic code: three capital letters.
    package struct Currency: Sendable, Hashable, CustomStringConvertible {
        package let description: String

        package init?(_ code: String) {
            guard code.utf8.count == 3, code.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else { return nil }
            description = code
        }
    }

    /// The largest price the shop takes: a thousand of them times a thousand still fits 64 bits.
    package static let largestAmount = 1_000_000_000_000

    /// `quantity` times this; nil when it leaves 64 bits.
    package func times(_ quantity: Int) -> Money? {
        let (product, overflow) = amount.multipliedReportingOverflow(by: quantity)
        return overflow ? nil : Money(amount: product, currency: currency)
    }

    /// The sum; nil when the currencies differ or it leaves 64 bits.
    package func plus(_ other: Money) -> Money? {
        let (sum, overflow) = amount.addingReportingOverflow(other.amount)
        return overflow || currency != other.currency ? nil : Money(amount: sum, currency: currency)
    }
}

extension Money: JSONRepresentable {
    package var json: JSONValue { ["amount": .integer(Int64(amount)), "currency": .string(currency.description)] }

    package func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("amount", amount)
            $0.member("currency", currency.description)
        }
    }
}

extension ObjectReader {
    /// The `{amount, currency}` object under `name`; nil (and violations) when it is missing or wrong.
    package mutating func money(_ name: String) -> Money? {
        object(name) { Self.readMoney(&$0) }.flatMap(\.self)
    }

    /// Like `money`, but nil without a violation when the member is absent.
    package mutating func optionalMoney(_ name: String) -> Money? {
        optionalObject(name) { Self.readMoney(&$0) }.flatMap(\.self)
    }

    private static func readMoney(_ reader: inout ObjectReader) -> Money? {
        let amount = reader.integer("amount", in: 0...Money.largestAmount)
        let currency = reader.parsed("currency", as: "an ISO 4217 code", Money.Currency.init)
        return currency.map { Money(amount: amount, currency: $0) }
    }
}

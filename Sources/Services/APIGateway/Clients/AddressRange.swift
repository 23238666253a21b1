/// Addresses with a common beginning, as in `10.0.0.0/8` (RFC 4632); one address is a range too.
struct AddressRange: Sendable, Equatable {
    private let network: UInt128
    private let mask: UInt128

    /// nil when it makes no sense. What follows the prefix is not looked at.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(String(parts[0])) else { return nil }
        let longest = address.isV4 && !parts[0].contains(":") ? 32 : 128
        guard let prefix = parts.count == 1 ? longest : Int(parts[1]), (0...longest).contains(prefix) else {
            return nil
        }
        mask = UInt128.max << (longest - prefix)
        network = address.bits & mask
    }

    func contains(_ address: IPAddress) -> Bool {
        address.bits & mask == network
    }
}

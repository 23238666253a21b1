import Foundation

/// Whom to believe about where a request came from. Nobody unless configured: anybody can write `X-Forwarded-For`.
struct TrustedProxies: Sendable, Equatable {
    static let none = TrustedProxies(ranges: [])

    private let ranges: [AddressRange]

    private init(ranges: [AddressRange]) {
        self.ranges = ranges
    }

    /// nil unless every element is an address or a range such as `10.0.0.0/8`.
    init?(list: String) {
        let elements = list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        let ranges = elements.compactMap { AddressRange($0) }
        guard !ranges.isEmpty, ranges.count == elements.count else { return nil }
        self.ranges = ranges
    }

    /// Where a request with these fields came from, whose connection is from `peer`; nil when that has no address.
    func client(behind peer: IPAddress?, _ fields: RequestFields) -> IPAddress? {
        guard let peer, !ranges.isEmpty, trusts(peer) else { return peer }
        return client(behind: peer, forwardedFor: fields.forwardedFor)
    }

    /// The last address in `X-Forwarded-For` that is not a proxy of ours: what stands before it, its owner wrote.
    func client(behind peer: IPAddress, forwardedFor values: [String]) -> IPAddress {
        var client = peer
        let entries = values.flatMap { $0.split(separator: ",") }
        for entry in entries.reversed() {
            guard trusts(client), let address = Self.address(in: entry) else { break }
            client = address
        }
        return client
    }

    private func trusts(_ address: IPAddress) -> Bool {
        ranges.contains { $0.contains(address) }
    }

    /// Some proxies write the port, too: `192.0.2.1:4711`, `[2001:db8::1]:4711`.
    private static func address(in entry: Substring) -> IPAddress? {
        let text = entry.trimmingCharacters(in: .whitespaces)
        if text.hasPrefix("[") {
            return text.dropFirst().split(separator: "]", maxSplits: 1).first.flatMap { IPAddress(String($0)) }
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return IPAddress(parts.count == 2 ? String(parts[0]) : text)
    }
}

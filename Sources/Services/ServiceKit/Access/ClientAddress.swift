import Glibc
import HTTPTypes
import Hummingbird
import NIOCore

/// From where a request comes, for whoever counts by it: an IPv4 address, or the first half of an IPv6 one, since a
/// household has all addresses that begin so.
package struct ClientAddress: Sendable, Hashable {
    package let text: String

    /// - Parameters:
    ///   - peer: the other end of the connection; nil when it has none.
    ///   - forwardedFor: the values of `X-Forwarded-For`. Believed on this machine only, where the gateway is; it lets
    ///     no client's own through, and its entry is the last.
    package init(peer: String?, forwardedFor: [String]) {
        let peer = peer.flatMap(Self.network) ?? "unknown"
        let isLocal = peer.hasPrefix("127.") || peer == "::1"
        let told = forwardedFor.last?.split(separator: ",").last.map { String($0.filter { $0 != " " && $0 != "\t" }) }
        text = isLocal ? told.flatMap(Self.network) ?? peer : peer
    }

    /// nil when `address` is no IP address.
    private static func network(_ address: String) -> String? {
        var four = in_addr()
        if inet_pton(AF_INET, address, &four) == 1 { return address }
        var six = in6_addr()
        guard inet_pton(AF_INET6, address, &six) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: six) { Array($0) }
        if bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] {
            return bytes.suffix(4).map { String($0) }.joined(separator: ".")
        }
        if bytes.dropLast().allSatisfy({ $0 == 0 }), bytes.last == 1 { return "::1" }
        return stride(from: 0, to: 8, by: 2)
            .map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }.joined(separator: ":") + "::/64"
    }
}

extension Request {
    /// From where this request comes, by its connection and, when that is the gateway's, by what the gateway says.
    package func clientAddress(in context: ShopContext) -> ClientAddress {
        ClientAddress(peer: context.remoteAddress?.ipAddress, forwardedFor: headers[values: .forwardedFor])
    }
}

extension HTTPField.Name {
    fileprivate static let forwardedFor: HTTPField.Name = {
        guard let name = HTTPField.Name("X-Forwarded-For") else { preconditionFailure("X-Forwarded-For is a token") }
        return name
    }()
}

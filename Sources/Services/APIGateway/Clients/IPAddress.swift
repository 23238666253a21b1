import Glibc
import NIOCore

/// An IPv4 or IPv6 address, in one spelling: IPv4 as the IPv6 address that stands for it (RFC 4291 section 2.5.5.2).
struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    let bits: UInt128

    private static let mapped: UInt128 = 0xFFFF << 32

    private init(bits: UInt128) {
        self.bits = bits
    }

    /// nil when it is no address, such as that of a Unix socket.
    init?(_ socket: SocketAddress) {
        guard let text = socket.ipAddress else { return nil }
        self.init(text)
    }

    /// Without port, brackets or zone.
    init?(_ text: String) {
        var v4: UInt32 = 0
        var v6: UInt128 = 0
        if inet_pton(AF_INET, text, &v4) == 1 {
            self.init(v4: v4)
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            self.init(bits: UInt128(bigEndian: v6))
        } else {
            return nil
        }
    }

    /// - Parameter v4: as the network has it.
    private init(v4: UInt32) {
        self.init(bits: Self.mapped | UInt128(UInt32(bigEndian: v4)))
    }

    var isV4: Bool { bits >> 32 == Self.mapped >> 32 }

    /// What one client has to itself: an IPv4 address, or the 64 bits of an IPv6 address that are not its own to
    /// choose.
    var client: IPAddress {
        isV4 ? self : IPAddress(bits: (bits >> 64) << 64)
    }

    var description: String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        var (v4, v6) = (UInt32(truncatingIfNeeded: bits).bigEndian, bits.bigEndian)
        let written =
            isV4
            ? inet_ntop(AF_INET, &v4, &buffer, socklen_t(buffer.count))
            : inet_ntop(AF_INET6, &v6, &buffer, socklen_t(buffer.count))
        return written.map { String(cString: $0) } ?? ""
    }
}

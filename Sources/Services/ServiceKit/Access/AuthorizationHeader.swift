/// The `Authorization` header, parsed strictly (RFC 9110 section 11.4): a scheme, one or more spaces, one token68,
/// which has `=` at its end only.
package enum AuthorizationHeader: Sendable, Equatable {
    case bearer(String)
    case service(String)

    /// nil when it is neither of our schemes or not well formed.
    package init?(_ value: String) {
        guard value.utf8.count <= 4096, let space = value.utf8.firstIndex(of: 0x20) else { return nil }
        let scheme = value[..<space].lowercased()
        let token = value[space...].drop { $0 == " " }
        guard let end = token.utf8.lastIndex(where: { $0 != UInt8(ascii: "=") }),
            token.utf8[...end].allSatisfy(Self.isTokenByte)
        else { return nil }
        switch scheme {
        case "bearer": self = .bearer(String(token))
        case "service": self = .service(String(token))
        default: return nil
        }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "+"),
            UInt8(ascii: "/"):
            true
        default: false
        }
    }
}

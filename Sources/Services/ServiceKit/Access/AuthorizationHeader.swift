/// The `Authorization` header, parsed strictly (RFC 9110 section 11.4): a scheme, one or more spaces, one token68,
/// which has `=` at its end only.
package enum AuthorizationHeader: Sendable, Equatable {
    case bearer(String)
    case service(String)
    /// Of a scheme that is none of ours; what follows it is not looked at.
    case foreign
    /// No scheme, or one of ours without exactly one token.
    case malformed

    package init(_ value: String) {
        let scheme = value.prefix { $0 != " " }
        guard value.utf8.count <= 4096, !scheme.isEmpty, scheme.utf8.allSatisfy(Self.isSchemeByte) else {
            self = .malformed
            return
        }
        let token = value[scheme.endIndex...].drop { $0 == " " }
        switch scheme.lowercased() {
        case "bearer": self = Self.isToken(token) ? .bearer(String(token)) : .malformed
        case "service": self = Self.isToken(token) ? .service(String(token)) : .malformed
        default: self = .foreign
        }
    }

    private static func isToken(_ text: Substring) -> Bool {
        guard let end = text.utf8.lastIndex(where: { $0 != UInt8(ascii: "=") }) else { return false }
        return text.utf8[...end].allSatisfy(isTokenByte)
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

    /// RFC 9110 section 5.6.2, a letter at a time.
    private static func isSchemeByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

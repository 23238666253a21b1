/// The header of an access token, checked by us before the JWT library sees it: RFC 8725 asks for one algorithm, one
/// type and no surprises, and the library compares neither `alg`, `typ` nor `crit`, and takes any key for an unknown
/// `kid`. Nor does it mind a member that is there twice, in the header or in the claims; so both are parsed here first.
package struct AccessTokenHeader: Sendable, Equatable {
    package static let type = "at+jwt"
    package static let algorithm = "EdDSA"
    /// The longest token looked at, in bytes. Ours have about 450.
    package static let longest = 2048

    package let keyID: String

    /// nil unless `token` has three parts, a header of exactly `alg` EdDSA, `typ` at+jwt (RFC 9068) and a `kid`, claims
    /// that can be ours, and a signature of Ed25519's length.
    package init?(token: String) {
        guard token.utf8.count <= Self.longest else { return nil }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, Base64URL.decode(parts[2])?.count == 64,
            let header = Self.json(parts[0]), case .object(let members) = header, members.count == 3,
            header["alg"]?.string == Self.algorithm, header["typ"]?.string == Self.type,
            let keyID = header["kid"]?.string, Self.isKeyID(keyID),
            let claims = Self.json(parts[1]), Self.canBeOurs(claims)
        else { return nil }
        self.keyID = keyID
    }

    /// Whether `id` is what a key may be called: 1 to 64 visible ASCII characters, since Swift takes some other
    /// characters for equal to them.
    package static func isKeyID(_ id: String) -> Bool {
        (1...64).contains(id.utf8.count) && id.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    private static func json(_ part: Substring) -> JSONValue? {
        Base64URL.decode(part).flatMap { try? JSONParser.parse($0) }
    }

    /// What the library leaves open: times that are whole seconds in the years 1970 to 9999, a life of a day at most,
    /// and nobody else in the audience, who could show the token here.
    private static func canBeOurs(_ claims: JSONValue) -> Bool {
        guard let issued = seconds(claims["iat"]), let begins = seconds(claims["nbf"]),
            let expires = seconds(claims["exp"])
        else { return false }
        let audience = claims["aud"]
        return begins <= expires && issued <= expires && expires - issued <= 24 * 3600
            && (audience?.string != nil || audience?.array?.count == 1)
    }

    private static func seconds(_ claim: JSONValue?) -> Int64? {
        let latest: Int64 = 253_402_300_799
        switch claim {
        case .integer(let number): return (0...latest).contains(number) ? number : nil
        // Encoders that know only binary fractions write 1.7e9 so.
        case .number(let number): return Int64(exactly: number).flatMap { (0...latest).contains($0) ? $0 : nil }
        default: return nil
        }
    }
}

/// The header of an access token, checked by us before the JWT library sees it: RFC 8725 asks for one algorithm, one
/// type and no surprises, and the library compares neither `alg`, `typ` nor `crit`, and takes any key for an unknown
/// `kid`.
package struct AccessTokenHeader: Sendable, Equatable {
    package static let type = "at+jwt"
    package static let algorithm = "EdDSA"

    package let keyID: String

    /// nil unless `token` has three parts and a header of exactly `alg` EdDSA, `typ` at+jwt (RFC 9068) and a `kid`.
    package init?(token: String) {
        guard token.utf8.count <= 2048 else { return nil }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ Base64URL.decode($0) != nil }),
            let bytes = Base64URL.decode(parts[0]), let header = try? JSONParser.parse(bytes),
            case .object(let members) = header, members.count == 3,
            header["alg"]?.string == Self.algorithm, header["typ"]?.string == Self.type,
            let keyID = header["kid"]?.string, (1...64).contains(keyID.utf8.count)
        else { return nil }
        self.keyID = keyID
    }
}

import JWTKit

/// A public key that verifies access tokens, as the user-service publishes it (RFC 7517, RFC 8037).
///
/// The JWT library reads key sets leniently: of two members of one name it takes either, of two keys of one `kid` the
/// last, and a private key for a public one. So the set is parsed here, and the library gets only what is left.
package struct JSONWebKey: Sendable, Equatable {
    package let keyID: String
    /// The point, 32 bytes.
    package let bytes: [UInt8]

    /// Why a set is refused as a whole. Nothing of it is used, since whoever publishes such a thing is not to be
    /// trusted with the rest.
    package enum SetError: Error, Equatable {
        /// It is not `{"keys": […]}` with at most 100 keys.
        case notASet
        /// A key has private or secret members: everybody can sign by now.
        case privateKey
        /// Two keys of one name.
        case duplicateKeyID
    }

    /// The keys of a set that are ours to use; the others, of algorithms and purposes we do not know, are passed over
    /// as RFC 7517 asks.
    package static func set(_ bytes: [UInt8]) throws(SetError) -> [JSONWebKey] {
        guard let list = (try? JSONParser.parse(bytes))?["keys"]?.array, list.count <= 100 else { throw .notASet }
        var ids: Set<String> = []
        for key in list {
            guard case .object(let members) = key else { throw .notASet }
            guard !members.contains(where: { secretMembers.contains($0.name) }) else { throw .privateKey }
            guard key["kty"] != "oct" else { throw .privateKey }
            guard let id = key["kid"]?.string else { continue }
            guard ids.insert(id).inserted else { throw .duplicateKeyID }
        }
        return list.compactMap(JSONWebKey.init)
    }

    /// nil unless it is an Ed25519 key for signatures with a name.
    private init?(_ key: JSONValue) {
        guard key["kty"] == "OKP", key["crv"] == "Ed25519", key["alg"] ?? "EdDSA" == "EdDSA",
            key["use"] ?? "sig" == "sig",
            key["key_ops"].map({ $0.array?.contains("verify") == true }) ?? true,
            let keyID = key["kid"]?.string, AccessTokenHeader.isKeyID(keyID),
            let bytes = key["x"]?.string.flatMap(Base64URL.decode), bytes.count == 32, !Self.isOfSmallOrder(bytes)
        else { return nil }
        self.keyID = keyID
        self.bytes = bytes
    }

    /// What only the owner of a key has (RFC 7518 section 6), `k` of a shared one included.
    private static let secretMembers: Set<String> = ["d", "k", "p", "q", "dp", "dq", "qi", "oth"]

    /// Whether the point is one of the eight under which one signature fits many messages. Its sign and the spellings
    /// of y above the field's prime do not matter.
    private static func isOfSmallOrder(_ bytes: [UInt8]) -> Bool {
        smallOrder.contains(Base64URL.encode(bytes[..<31] + [bytes[31] & 0x7F]))
    }

    /// y of those points, and p and p + 1, which spell 0 and 1 once more: little-endian, in base64url.
    private static let smallOrder: Set<String> = [
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU", "xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o",
        "7P_______________________________________38", "7f_______________________________________38",
        "7v_______________________________________38",
    ]

    /// As the JWT library has it.
    package var jwk: JWK {
        .octetKeyPair(
            .eddsa, identifier: JWKIdentifier(string: keyID), x: Base64URL.encode(bytes), y: nil, curve: .ed25519)
    }
}

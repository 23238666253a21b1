import Crypto
import Foundation
import JWTKit
import ServiceKit

/// Signs access tokens. This service alone has the key; the others verify with ``keySet``.
struct AccessTokenIssuer: Sendable {
    static let lifetime = Duration.seconds(15 * 60)

    /// The public key as a JSON Web Key Set (RFC 7517, RFC 8037).
    let keySet: JSONValue
    private let keyID: JWKIdentifier
    private let keys: JWTKeyCollection
    private let clock: WallClock

    init(seed: Secret, clock: WallClock) async throws {
        let key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed.bytes)
        let x = Base64URL.encode(key.publicKey.rawRepresentation)
        // The key's name is its thumbprint (RFC 7638): members in this order, no spaces.
        let thumbprint = Base64URL.encode(SHA256.hash(data: Data(#"{"crv":"Ed25519","kty":"OKP","x":"\#(x)"}"#.utf8)))
        keyID = JWKIdentifier(string: thumbprint)
        keys = JWTKeyCollection()
        await keys.add(eddsa: EdDSA.PrivateKey(backing: key), kid: keyID)
        keySet = [
            "keys": [
                [
                    "kty": "OKP", "crv": "Ed25519", "x": .string(x), "kid": .string(thumbprint), "use": "sig",
                    "alg": .string(AccessTokenHeader.algorithm),
                ]
            ]
        ]
        self.clock = clock
    }

    /// `token`, `refreshToken` and `expiresIn`: what a person gets at the beginning of a session and at each refresh.
    func members(for account: Account, in session: Session) async throws -> [JSONValue.Member] {
        [
            .init("token", .string(try await token(for: account, in: session))),
            .init("refreshToken", .string(session.refreshToken)),
            .init("expiresIn", .integer(Self.lifetime.components.seconds)),
        ]
    }

    private func token(for account: Account, in session: Session) async throws -> String {
        let claims = AccessTokenClaims(
            account: account.principal, session: session.id, issued: clock.now(), lifetime: Self.lifetime)
        return try await keys.sign(claims, kid: keyID, header: ["typ": .string(AccessTokenHeader.type)])
    }
}

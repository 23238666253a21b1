import Crypto
import Foundation
import JWTKit
import ServiceKit

/// Signs access tokens. This service alone has the keys; the others verify with ``keySet``.
struct AccessTokenIssuer: Sendable {
    static let lifetime = Duration.seconds(15 * 60)

    /// The public keys as a JSON Web Key Set (RFC 7517, RFC 8037).
    let keySet: JSONValue
    private let keyID: JWKIdentifier
    private let keys: JWTKeyCollection
    private let clock: WallClock

    /// - Parameter seeds: the first signs; the others only verify what they signed while they were the first.
    init(seeds: [Secret], clock: WallClock) async throws {
        guard let first = seeds.first else { throw NoKey() }
        let signing = try PublishedKey(seed: first)
        keyID = signing.id
        keys = JWTKeyCollection()
        await keys.add(eddsa: EdDSA.PrivateKey(backing: signing.key), kid: keyID)
        let former = try seeds.dropFirst().map(PublishedKey.init)
        keySet = ["keys": .array(([signing] + former).map(\.json))]
        self.clock = clock
    }

    struct NoKey: Error {}

    private struct PublishedKey {
        let key: Curve25519.Signing.PrivateKey
        let id: JWKIdentifier
        let json: JSONValue

        init(seed: Secret) throws {
            key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed.bytes)
            let x = Base64URL.encode(key.publicKey.rawRepresentation)
            // The key's name is its thumbprint (RFC 7638): members in this order, no spaces.
            let text = #"{"crv":"Ed25519","kty":"OKP","x":"\#(x)"}"#
            let thumbprint = Base64URL.encode(SHA256.hash(data: Data(text.utf8)))
            id = JWKIdentifier(string: thumbprint)
            json = [
                "kty": "OKP", "crv": "Ed25519", "x": .string(x), "kid": .string(thumbprint), "use": "sig",
                "alg": .string(AccessTokenHeader.algorithm),
            ]
        }
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

import Crypto
import Foundation
import JWTKit
import ServiceKit

/// Makes access tokens as the user-service does, and as an attacker would.
package struct TokenMint: Sendable {
    private let key = Curve25519.Signing.PrivateKey()
    package let keyID: String

    package init(keyID: String = "test-key") {
        self.keyID = keyID
    }

    /// The public key, as the user-service publishes it.
    package var keySet: JSONValue {
        [
            "keys": [
                [
                    "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "kid": .string(keyID),
                    "x": .string(Base64URL.encode(key.publicKey.rawRepresentation)),
                ]
            ]
        ]
    }

    /// An authenticator that trusts this mint and takes the service credential `credential`.
    package func authenticator(credential: String = TokenMint.credential) -> Authenticator {
        Authenticator(
            tokens: TokenVerifier(keys: .fixed(keySet)), serviceCredential: Secret(bytes: Array(credential.utf8)))
    }

    package static let credential = "a-service-credential-for-tests-only-0123456"

    /// A good token.
    package func token(
        for id: UUID = UUID(), username: String = "somebody", roles: Set<Principal.Role> = [.user],
        session: String? = nil, issued: Timestamp = .now(), lifetime: Duration = .seconds(900)
    ) throws -> String {
        let account = Principal.Account(id: id, username: username, roles: roles)
        let claims = AccessTokenClaims(account: account, session: session, issued: issued, lifetime: lifetime)
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .secondsSince1970
        return try sign(
            header: ["alg": "EdDSA", "typ": "at+jwt", "kid": .string(keyID)],
            payload: JSONParser.parse([UInt8](encoder.encode(claims))))
    }

    /// Signs whatever it is given.
    package func sign(header: JSONValue, payload: JSONValue) throws -> String {
        try sign(header: JSONWriter.bytes(of: header), payload: payload)
    }

    /// Signs whatever it is given, the header byte for byte.
    package func sign(header: [UInt8], payload: JSONValue) throws -> String {
        try sign(header: header, payload: JSONWriter.bytes(of: payload))
    }

    /// Signs whatever it is given, byte for byte.
    package func sign(header: [UInt8], payload: [UInt8]) throws -> String {
        let input = "\(Base64URL.encode(header)).\(Base64URL.encode(payload))"
        return try "\(input).\(Base64URL.encode(key.signature(for: Data(input.utf8))))"
    }

    /// Authenticates with the public key as if it were a shared secret (HS256), which anybody can.
    package func authenticate(header: JSONValue, payload: JSONValue) -> String {
        let parts = [header, payload].map { Base64URL.encode(JSONWriter.bytes(of: $0)) }
        let input = parts.joined(separator: ".")
        let secret = SymmetricKey(data: key.publicKey.rawRepresentation)
        let code = HMAC<SHA256>.authenticationCode(for: Data(input.utf8), using: secret)
        return "\(input).\(Base64URL.encode(code))"
    }
}

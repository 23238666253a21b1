import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

/// What somebody is told whose credentials do not do (RFC 6750 section 3).
@Suite struct ChallengeTests {
    private let mint = TokenMint()

    private func serve(_ test: @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        let parts = ServiceParts(
            routes: [
                .get("/everyone", access: .account) { _, _ in .json(.ok, "seen") },
                .get("/operators", access: .operator) { _, _ in .json(.ok, "seen") },
            ], authenticator: mint.authenticator())
        try await buildApplication(parts, in: .test()).test(.router, test)
    }

    @Test func `nobody is asked for a token, and nothing is said of one that is not there`() async throws {
        try await serve { client in
            for authorization in [nil, "Basic YWxhZGRpbg==", "Digest a=b", "Negotiate"] {
                let reply = try await client.send(.get, "/everyone", authorization: authorization)
                #expect(reply.status == 401)
                #expect(reply.headers[values: .wwwAuthenticate] == ["Bearer"])
            }
        }
    }

    @Test func `credentials that cannot be understood are a 400`() async throws {
        try await serve { client in
            let good = "Bearer \(try mint.token())"
            for values in [
                [good, good], ["Bearer"], ["Bearer a b"], ["\(good), \(good)"], ["Service"], ["Basic x", good],
            ] {
                var headers = HTTPFields()
                headers[values: .authorization] = values
                let reply = try await client.send(.get, "/everyone", headers: headers)
                #expect(reply.status == 400, "\(values)")
                #expect(reply.body["type"] == "malformed-credentials")
                #expect(reply.headers[values: .wwwAuthenticate] == [#"Bearer error="invalid_request""#])
            }
        }
    }

    @Test func `who may not is told that another token would do`() async throws {
        try await serve { client in
            for authorization in ["Bearer \(try mint.token())", "Service \(TokenMint.credential)"] {
                let reply = try await client.send(.get, "/operators", authorization: authorization)
                #expect(reply.status == 403)
                #expect(reply.headers[values: .wwwAuthenticate] == [#"Bearer error="insufficient_scope""#])
            }
        }
    }

    @Test func `each kind of bad token gets the same answer`() async throws {
        let parts = try mint.token().split(separator: ".").map(String.init)
        let header: JSONValue = ["alg": "EdDSA", "typ": "at+jwt", "kid": .string(mint.keyID)]
        let claims = try JSONParser.parse(Base64URL.decode(parts[1]) ?? [])
        let none = Base64URL.encode(Array(#"{"alg":"none","typ":"at+jwt","kid":"test-key"}"#.utf8))
        let attacks = try [
            "no signature": "\(none).\(parts[1]).", "two parts": "\(parts[0]).\(parts[1])", "no token": "abc",
            "the public key as a secret": mint.authenticate(
                header: ["alg": "HS256", "typ": "at+jwt", "kid": .string(mint.keyID)], payload: claims),
            "another type": mint.sign(
                header: ["alg": "EdDSA", "typ": "JWT", "kid": .string(mint.keyID)], payload: claims),
            "critical extensions": mint.sign(
                header: ["alg": "EdDSA", "typ": "at+jwt", "kid": .string(mint.keyID), "crit": ["exp"]], payload: claims),
            "an unknown key": TokenMint(keyID: "another").token(), "another key of that name": TokenMint().token(),
            "expired": mint.token(issued: .now() + .seconds(-901)),
            "not yet": mint.token(issued: .now() + .seconds(60)),
            "for too long": mint.token(lifetime: .seconds(24 * 3600 + 1)),
            "other claims": "\(parts[0]).\(Base64URL.encode(JSONWriter.bytes(of: ["sub": "x"]))).\(parts[2])",
            "no claims": mint.sign(header: header, payload: [:]),
            "a claim twice": mint.sign(
                header: JSONWriter.bytes(of: header), payload: Array(#"{"sub":"a","sub":"b"}"#.utf8)),
            "too long": String(repeating: "a", count: 3000), "padded": "\(parts[0]).\(parts[1]).\(parts[2])==",
            "a wrong credential": "",
        ]
        try await serve { client in
            for (attack, token) in attacks {
                let authorization = token.isEmpty ? "Service \(TokenMint.credential)x" : "Bearer \(token)"
                let reply = try await client.send(.get, "/everyone", authorization: authorization)
                #expect(reply.status == 401, "\(attack)")
                #expect(reply.body["type"] == "invalid-token", "\(attack)")
                #expect(reply.headers[values: .wwwAuthenticate] == [#"Bearer error="invalid_token""#], "\(attack)")
            }
            #expect(try await client.send(.get, "/everyone", authorization: "Bearer \(mint.token())").status == 200)
        }
    }
}

import Foundation
import ServiceKit
import ServiceTestSupport
import Testing

/// Tokens that somebody made who wants in; those with a signature of the right key show that it is not all that counts.
@Suite struct TokenAttackTests {
    private let mint = TokenMint()
    private static let header = #"{"alg":"EdDSA","typ":"at+jwt","kid":"test-key"}"#

    /// Good claims as text, with one replaced; an empty value leaves it out.
    private func claims(_ changed: String = "", _ value: String = "") -> String {
        let now = Timestamp.now().milliseconds / 1000
        let good = [
            ("iss", #""msctl-shop""#), ("aud", #""shop""#), ("sub", "\"\(UUID().text)\""), ("iat", "\(now)"),
            ("nbf", "\(now)"), ("exp", "\(now + 900)"), ("jti", #""1""#), ("username", #""ann""#),
            ("roles", #"["user"]"#),
        ]
        let members = good.map { $0.0 == changed ? ($0.0, value) : $0 }.filter { !$0.1.isEmpty }
        return "{\(members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ","))}"
    }

    private func sign(header: String = header, _ claims: String) throws -> String {
        try mint.sign(header: Array(header.utf8), payload: Array(claims.utf8))
    }

    private func expectRefused(_ token: String, sourceLocation: SourceLocation = #_sourceLocation) async {
        let verifier = TokenVerifier(keys: .fixed(mint.keySet))
        await #expect(throws: Problem.invalidToken, "\(token.prefix(200))", sourceLocation: sourceLocation) {
            try await verifier.account(token: token)
        }
    }

    @Test func `the claims that the attacks start from are good`() async throws {
        let verifier = TokenVerifier(keys: .fixed(mint.keySet))
        let soon = Timestamp.now().milliseconds / 1000 + 900
        for good in [claims(), claims("aud", #"["shop"]"#), claims("exp", "\(soon).0"), claims("nbf", "0")] {
            #expect(try await verifier.account(token: sign(good)).username == "ann")
        }
    }

    @Test func `nobody makes a token without the private key`() async throws {
        let payload = try JSONParser.parse(Array(claims().utf8))
        for algorithm in ["HS256", "EdDSA", "none"] {
            let header: JSONValue = ["alg": .string(algorithm), "typ": "at+jwt", "kid": "test-key"]
            await expectRefused(mint.authenticate(header: header, payload: payload))
        }
        for algorithm in ["none", "None", "NONE", "nOnE", ""] {
            let header = #"{"alg":"\#(algorithm)","typ":"at+jwt","kid":"test-key"}"#
            let parts = [header, claims()].map { Base64URL.encode(Array($0.utf8)) }.joined(separator: ".")
            await expectRefused("\(parts).")
            await expectRefused(parts)
            await expectRefused(try sign(header: header, claims()))
        }
        let good = try mint.token().split(separator: ".")
        for signature in ["", "A", Base64URL.encode([UInt8](repeating: 0, count: 64)), String(good[2].dropLast(2))] {
            await expectRefused("\(good[0]).\(good[1]).\(signature)")
        }
    }

    @Test(arguments: [
        #"{"alg":"EdDSA","typ":"refresh+jwt","kid":"test-key"}"#, #"{"alg":"EdDSA","typ":"JWT","kid":"test-key"}"#,
        #"{"alg":"EdDSA","typ":"AT+JWT","kid":"test-key"}"#, #"{"alg":"EdDSA","typ":null,"kid":"test-key"}"#,
        #"{"alg":"EdDSA","typ":"application/at+jwt","kid":"test-key"}"#,
        #"{"alg":["EdDSA"],"typ":"at+jwt","kid":"test-key"}"#, #"{"alg":"Ed25519","typ":"at+jwt","kid":"test-key"}"#,
        #"{"alg":"EdDSA","typ":"at+jwt","kid":"test-key","crit":["b64"],"b64":false}"#,
        #"{"alg":"EdDSA","typ":"at+jwt","kid":"test-key","crit":[]}"#,
        #"{"alg":"EdDSA","typ":"at+jwt","kid":"test-key","zip":"DEF"}"#,
        #"{"alg":"EdDSA","typ":"at+jwt","kid":"test-key","jwk":{"kty":"OKP"}}"#,
        #"{"alg":"EdDSA","typ":"at+jwt","kid":"test-key","x5u":"http://evil"}"#,
        #"{"alg":"EdDSA","typ":"at+jwt","kid":"../../dev/null"}"#, #"{"alg":"EdDSA","typ":"at+jwt","kid":""}"#,
        #"{"alg":"EdDSA","typ":"at+jwt","kid":["test-key"]}"#, #"{"alg":"EdDSA","typ":"at+jwt","kid":"' OR 1=1"}"#,
        #"{"alg":"EdDSA","typ":"at+jwt","kid":"test\u002dkey\u0000"}"#,
        #"{"alg":"EdDSA","typ":"at+jwt","kid":"test-key","kid":"test-key"}"#,
        #"{"alg":"none","alg":"EdDSA","typ":"at+jwt","kid":"test-key"}"#, #"{"alg":"EdDSA","typ":"at+jwt"}"#,
        #"{"alg":"EdDSA","typ":"at+jwt","kid":"test-key"}{}"#, #"["EdDSA","at+jwt","test-key"]"#, "", "null", "EdDSA",
        "\u{FEFF}" + header,
    ])
    func `a signature does not excuse the header`(header: String) async throws {
        await expectRefused(try sign(header: header, claims()))
    }

    @Test(arguments: [
        ("exp", ""), ("exp", "null"), ("exp", #""tomorrow""#), ("exp", #""9999999999""#), ("exp", "NaN"), ("exp", "-1"),
        ("exp", "1"), ("exp", "0"), ("exp", "1e300"), ("exp", "1e999"), ("exp", "9223372036854775807"), ("exp", "true"),
        ("exp", "9223372036854775808"), ("exp", "253402300800"), ("exp", "99999999999"), ("exp", "[9999999999]"),
        ("exp", "1900000000.5"), ("nbf", "99999999999"), ("nbf", "-1"), ("nbf", ""), ("nbf", #""0""#), ("iat", ""),
        ("iat", "99999999999"), ("iat", "1"), ("iat", "-9223372036854775808"), ("aud", ""), ("aud", #""another""#),
        ("aud", #"["shop","another"]"#), ("aud", #"["another","shop"]"#), ("aud", "[]"), ("aud", "{}"), ("aud", "null"),
        ("aud", #"["another"]"#), ("aud", #"[["shop"]]"#), ("iss", ""), ("iss", #""msctl-shop ""#), ("iss", "[]"),
        ("sub", ""), ("sub", #""1""#), ("sub", "1"), ("sub", "null"), ("roles", ""), ("roles", #""operator""#),
        ("roles", #"{"operator":true}"#), ("username", ""), ("username", "1"), ("jti", ""),
        ("username", #""ann","sub":"00000000-0000-0000-0000-000000000000""#),
        ("username", #""ann","roles":["operator"]"#), ("username", #""ann","username":"bob""#),
    ])
    func `a signature does not excuse the claims`(name: String, value: String) async throws {
        await expectRefused(try sign(claims(name, value)))
    }

    @Test func `a token that begins a minute from now is refused until then`() async throws {
        await expectRefused(try mint.token(issued: .now() + .seconds(60)))
        await expectRefused(try mint.token(lifetime: .seconds(24 * 3600 + 1)))
        await expectRefused(try mint.token(lifetime: .seconds(-1)))
    }

    @Test(arguments: ["", "[]", "[1]", "null", "1", #""text""#, "{", "\u{0}", "{}", "{\"exp\":1}"])
    func `claims that are no object of claims are refused`(payload: String) async throws {
        await expectRefused(try sign(payload))
    }

    @Test func `a token has three parts of base64url and no second spelling`() async throws {
        let token = try mint.token()
        let parts = token.split(separator: ".").map(String.init)
        for wrong in [
            "", ".", "..", "...", parts[0], "\(parts[0]).\(parts[1])", "\(token).", ".\(token)", "\(token).\(parts[2])",
            "\(parts[0])..\(parts[1]).\(parts[2])", "\(parts[0]).\(parts[1])..", "\(parts[1]).\(parts[0]).\(parts[2])",
            "\(token)=", "\(token)==", "\(parts[0])=.\(parts[1]).\(parts[2])", " \(token)", "\(token) ", "\(token)\n",
            "\(token)\u{0}", token.replacing(".", with: "%2E"), token.uppercased(), String(token.reversed()),
            "\(parts[0]).\(parts[1]).+\(parts[2].dropFirst())", "\(parts[0]).\(parts[1])./\(parts[2].dropFirst())",
            "\(parts[0]).\(parts[1]).é\(parts[2])", "Bearer \(token)", "\(token),\(token)",
        ] { await expectRefused(wrong) }
        // The last character of 64 bytes in base64url has four bits that say nothing; only zeros are ours.
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        for last in alphabet where last != token.last { await expectRefused(String(token.dropLast()) + String(last)) }
    }

    @Test func `a token is not looked at when it is too long`() async throws {
        await expectRefused(String(repeating: "a", count: 1_000_000))
        await expectRefused(String(repeating: ".", count: 1_000_000))
        let parts = try mint.token().split(separator: ".")
        await expectRefused("\(parts[0]).\(String(repeating: "A", count: 1_000_000)).\(parts[2])")
        await expectRefused(try sign(claims("username", "\"\(String(repeating: "a", count: 3000))\"")))
        #expect(AuthorizationHeader("Bearer \(String(repeating: "a", count: 1_000_000))") == .malformed)
    }

    @Test func `a signature with the group's order added is another and refused`() async throws {
        // L = 2^252 + 27742317777372353535851937790883648493, little-endian.
        let order: [UInt8] =
            [0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14]
            + [UInt8](repeating: 0, count: 15) + [0x10]
        let token = try mint.token()
        let parts = token.split(separator: ".")
        var signature = try #require(Base64URL.decode(parts[2]))
        var carry = 0
        for index in 0..<32 {
            let sum = Int(signature[32 + index]) + Int(order[index]) + carry
            signature[32 + index] = UInt8(sum & 0xFF)
            carry = sum >> 8
        }
        #expect(carry == 0)
        await expectRefused("\(parts[0]).\(parts[1]).\(Base64URL.encode(signature))")
        _ = try await TokenVerifier(keys: .fixed(mint.keySet)).account(token: token)
    }

    @Test func `every bit of a token counts`() async throws {
        let token = Array(try mint.token().utf8)
        for index in token.indices {
            var changed = token
            changed[index] ^= 1
            await expectRefused(String(decoding: changed, as: UTF8.self))
        }
    }
}

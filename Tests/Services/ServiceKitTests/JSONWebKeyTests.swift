import HTTPTypes
import JWTKit
import ServiceKit
import ServiceTestSupport
import Testing

@Suite struct JSONWebKeyTests {
    /// The key of RFC 8037, appendix A.2.
    private static let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    private static let good: JSONValue = ["kty": "OKP", "crv": "Ed25519", "kid": "a", "x": .string(x)]

    private func keys(_ list: JSONValue...) throws(JSONWebKey.SetError) -> [String] {
        try JSONWebKey.set(JSONWriter.bytes(of: ["keys": .array(list)])).map(\.keyID)
    }

    /// The good key with other members; `null` leaves one out.
    private func changed(_ change: JSONValue) -> JSONValue {
        guard case .object(let members) = Self.good, case .object(let changes) = change else { return Self.good }
        let kept = members.filter { change[$0.name] == nil }
        return .object(kept + changes.filter { $0.value != .null })
    }

    @Test(
        arguments: [
            [:], ["alg": "EdDSA"], ["use": "sig"], ["key_ops": ["verify"]], ["key_ops": ["sign", "verify"]],
            ["x5t": "unknown members are passed over"], ["kid": "2024-01/b:c"],
        ] as [JSONValue])
    func `a public key for signatures is used`(change: JSONValue) throws {
        let key = try #require(try JSONWebKey.set(JSONWriter.bytes(of: ["keys": [changed(change)]])).first)
        #expect(key.bytes == Base64URL.decode(Self.x))
        #expect(key.jwk.x == Self.x)
        #expect(key.jwk.keyIdentifier?.string == key.keyID)
    }

    @Test(
        arguments: [
            ["kty": "EC"], ["kty": "okp"], ["kty": nil], ["kty": 1], ["crv": "Ed448"], ["crv": "X25519"], ["crv": nil],
            ["crv": "P-256"], ["alg": "ES256"], ["alg": "HS256"], ["alg": "none"], ["alg": 1], ["use": "enc"],
            ["use": 1],
            ["key_ops": ["sign"]], ["key_ops": []], ["key_ops": "verify"], ["kid": nil], ["kid": ""], ["kid": 1],
            ["kid": "a b"], ["kid": "\u{212A}"], ["kid": "a\u{0}"], ["kid": .string(String(repeating: "k", count: 65))],
            ["x": nil], ["x": ""], ["x": 1], ["x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ"],
            ["x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURoA"], ["x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURp"],
            ["x": "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo"], ["x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo="],
            ["x": " 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"],
            // Points of small order, and one of them with its sign.
            ["x": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"], ["x": "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
            ["x": "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA"], ["x": "JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU"],
            ["x": "7P_______________________________________38"],
        ] as [JSONValue])
    func `a key that is not one is passed over, and the others are used`(change: JSONValue) throws {
        let other: JSONValue = ["kty": "OKP", "crv": "Ed25519", "kid": "other", "x": .string(Self.x)]
        #expect(try keys(changed(change), other) == ["other"])
    }

    @Test(
        arguments: [
            ["d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"], ["d": nil], ["d": ""], ["k": "c2VjcmV0"], ["p": "AQ"],
            ["kty": "oct"], ["kty": "oct", "crv": nil, "x": nil, "k": "c2VjcmV0"],
        ] as [JSONValue])
    func `a set with one private key is refused whole`(change: JSONValue) {
        guard case .object(let members) = Self.good, case .object(let changes) = change else { return }
        let key = JSONValue.object(members.filter { change[$0.name] == nil } + changes)
        #expect(throws: JSONWebKey.SetError.privateKey) { try keys(Self.good, key) }
    }

    @Test func `two keys of one name are refused, whatever they are`() {
        #expect(throws: JSONWebKey.SetError.duplicateKeyID) { try keys(Self.good, Self.good) }
        #expect(throws: JSONWebKey.SetError.duplicateKeyID) { try keys(Self.good, ["kty": "EC", "kid": "a"]) }
    }

    @Test(arguments: [
        "", "{}", "[]", "null", #"{"keys":{}}"#, #"{"keys":null}"#, #"{"keys":[1]}"#, #"{"keys":[null]}"#,
        #"{"keys":[[]]}"#, #"{"keys":[],"keys":[]}"#, #"{"keys":[]}x"#, #"{"Keys":[]}"#,
        #"{"keys":[{"kid":"a","kid":"b"}]}"#,
        #"{"keys":[\#(Array(repeating: "{}", count: 101).joined(separator: ","))]}"#,
    ])
    func `what is no set is refused`(text: String) {
        #expect(throws: JSONWebKey.SetError.notASet) { try JSONWebKey.set(Array(text.utf8)) }
    }

    @Test func `an empty set has no keys`() throws {
        #expect(try keys() == [])
        #expect(
            try keys(["kty": "EC", "crv": "P-256", "kid": "e"], ["kty": "RSA", "n": "AQAB", "e": "AQAB"], [:]) == [])
    }

    @Test func `a verifier uses nothing of a set that is refused`() async throws {
        let mint = TokenMint()
        let ours = try #require(mint.keySet["keys"]?.array)
        for wrong in [changed(["d": "AQ"]), changed(["kid": .string(mint.keyID)]), ["kty": "oct", "k": "AQ"], 1] {
            let verifier = TokenVerifier(keys: .fixed(["keys": .array(ours + [wrong])]))
            let failure = await #expect(throws: Problem.self) { try await verifier.account(token: mint.token()) }
            #expect(failure?.status == .serviceUnavailable)
        }
    }
}

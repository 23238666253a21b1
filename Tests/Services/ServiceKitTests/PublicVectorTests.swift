import ServiceKit
import ServiceTestSupport
import Testing

@Suite(.enabled(if: PublicVectors.areThere, PublicVectors.absence)) struct PublicVectorTests {
    private let mint = TokenMint()

    /// The files have no token of our profile (EdDSA, at+jwt), valid or not, so everything in them is to be refused;
    /// what is to be accepted is minted below.
    @Test(arguments: [
        ("json_web_signature_test.json", 401), ("json_web_key_test.json", 26), ("json_web_crypto_test.json", 83),
    ])
    func `every token of another algorithm is refused, valid or not`(file: String, count: Int) async throws {
        let tokens = try PublicVectors.tokens(file)
        #expect(tokens.count == count)
        for token in tokens {
            #expect(token.algorithm != AccessTokenHeader.algorithm, "\(token.name)")
            #expect(AccessTokenHeader(token: token.text) == nil, "\(token.name)")
            // With the keys of the group, and with ours.
            for keys in [token.keySet, mint.keySet] {
                await #expect(throws: Problem.invalidToken, "\(token.name)") {
                    try await TokenVerifier(keys: .fixed(keys)).account(token: token.text)
                }
            }
            if case .bearer(let bearer) = AuthorizationHeader("Bearer \(token.text)") { #expect(bearer == token.text) }
        }
    }

    @Test func `a signature of theirs does not fit a token of ours`() async throws {
        let good = try mint.token()
        let verifier = TokenVerifier(keys: .fixed(mint.keySet))
        _ = try await verifier.account(token: good)
        let input = good.split(separator: ".").prefix(2).joined(separator: ".")
        for token in try PublicVectors.tokens("json_web_signature_test.json") {
            let signature = token.text.split(separator: ".", omittingEmptySubsequences: false).last ?? ""
            await #expect(throws: Problem.invalidToken, "\(token.name)") {
                try await verifier.account(token: "\(input).\(signature)")
            }
        }
    }

    @Test func `no key of theirs is one we use, and a set with private keys is refused`() async throws {
        for token in try PublicVectors.tokens("json_web_key_test.json") {
            for keys in [token.keySet] + token.keys.map({ ["keys": [$0]] as JSONValue }) {
                let usable = try? JSONWebKey.set(JSONWriter.bytes(of: keys))
                #expect(usable?.isEmpty ?? true, "\(token.name)")
                let isPrivate = keys["keys"]?.array?.contains { $0["kty"] == "oct" || $0["d"] != nil } ?? false
                if isPrivate { #expect(usable == nil, "\(token.name)") }
                // A good token of a key that is not in the set.
                await #expect(throws: Problem.self, "\(token.name)") {
                    try await TokenVerifier(keys: .fixed(keys)).account(token: mint.token())
                }
            }
        }
    }

    @Test func `a valid token of ours is accepted beside their keys`() async throws {
        guard let ours = mint.keySet["keys"]?.array else { return }
        let theirs = try PublicVectors.tokens("json_web_signature_test.json").flatMap(\.keys).filter {
            $0["kty"] != "oct" && $0["d"] == nil
        }
        var seen: Set<String> = []
        let others = theirs.filter { seen.insert($0["kid"]?.string ?? "").inserted }
        let keys = try JSONWebKey.set(JSONWriter.bytes(of: ["keys": .array(others + ours)]))
        #expect(keys.map(\.keyID) == [mint.keyID])
        let account = try await TokenVerifier(keys: .fixed(mint.keySet)).account(token: mint.token(username: "ann"))
        #expect(account.username == "ann")
    }
}

import Foundation
import HTTPTypes
import ServiceKit
import ServiceTestSupport
import Synchronization
import Testing

@Suite struct AccessTests {
    private let mint = TokenMint()

    @Test func `bearer is recognised in any case and with several spaces`() {
        for scheme in ["Bearer", "bearer", "BEARER"] {
            #expect(AuthorizationHeader("\(scheme)  a.b-c_d") == .bearer("a.b-c_d"))
        }
        #expect(AuthorizationHeader("Service abc") == .service("abc"))
    }

    @Test(arguments: [
        "", "Bearer", "Bearer ", "Basic YWxhZGRpbg==", "Token abc", "Bearer a b", "Bearer a,b", "Bearer \u{e9}",
        " Bearer abc", "Bearer\tabc", "abc",
    ])
    func `any other authorization header is refused`(header: String) {
        #expect(AuthorizationHeader(header) == nil)
    }

    @Test func `a good token says who it is`() async throws {
        let id = UUID()
        let account = try await TokenVerifier(keys: .fixed(mint.keySet))
            .account(token: mint.token(for: id, username: "ann", roles: [.user, .operator]))
        #expect(account == Principal.Account(id: id, username: "ann", roles: [.user, .operator]))
    }

    @Test(arguments: [
        #"{"alg":"none","typ":"at+jwt","kid":"test-key"}"#, #"{"alg":"HS256","typ":"at+jwt","kid":"test-key"}"#,
        #"{"alg":"EdDSA","typ":"JWT","kid":"test-key"}"#, #"{"alg":"EdDSA","typ":"refresh+jwt","kid":"test-key"}"#,
        #"{"alg":"EdDSA","kid":"test-key"}"#, #"{"alg":"EdDSA","typ":"at+jwt"}"#,
        #"{"alg":"EdDSA","typ":"at+jwt","kid":"another"}"#, #"{"alg":"EdDSA","typ":"at+jwt","kid":"../../dev/null"}"#,
        #"{"alg":"EdDSA","typ":"at+jwt","kid":"test-key","crit":["exp"]}"#,
        #"{"alg":"EdDSA","typ":"at+jwt","kid":"test-key","jku":"http://evil"}"#,
        #"{"alg":"EdDSA","alg":"none","typ":"at+jwt","kid":"test-key"}"#, #"["EdDSA"]"#,
    ])
    func `a signed token with another header is refused`(header: String) async throws {
        let token = try mint.sign(header: Array(header.utf8), payload: payload([:]))
        await expectRefused(token)
    }

    @Test(
        arguments: [
            ["iss": "another"], ["aud": "another"], ["sub": "no-uuid"], ["exp": 1], ["exp": nil],
            ["nbf": 9_999_999_999],
            ["exp": "tomorrow"],
        ] as [JSONValue])
    func `a signed token with another claim is refused`(change: JSONValue) async throws {
        await expectRefused(try mint.sign(header: goodHeader, payload: payload(change)))
    }

    @Test func `a token of another key or cut short is refused`() async throws {
        await expectRefused(try TokenMint().token())
        let token = try mint.token()
        for wrong in [String(token.dropLast()), token + "A", token + "=", String(token.prefix(40)), "a.b.c", "..", ""] {
            await expectRefused(wrong)
        }
        await expectRefused(try mint.token(issued: .now() + .seconds(-901)))
    }

    @Test func `keys are fetched once for many requests`() async throws {
        let fetches = Mutex(0)
        let bytes = JSONWriter.bytes(of: mint.keySet)
        let verifier = TokenVerifier(
            keys: KeySource {
                fetches.withLock { $0 += 1 }
                return bytes
            }, refetchInterval: .seconds(3600))
        let token = try mint.token()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { _ = try await verifier.account(token: token) } }
            try await group.waitForAll()
        }
        // A token with an unknown key asks for no second fetch so soon after the first.
        let foreign = try TokenMint(keyID: "rotated").token()
        await #expect(throws: Problem.invalidToken) { try await verifier.account(token: foreign) }
        #expect(fetches.withLock(\.self) == 1)
    }

    @Test func `keys once had outlive the user-service and keys never had are a 503`() async throws {
        struct Down: Error {}
        let isUp = Mutex(false)
        let bytes = JSONWriter.bytes(of: mint.keySet)
        let verifier = TokenVerifier(
            keys: KeySource {
                guard isUp.withLock(\.self) else { throw Down() }
                return bytes
            }, refetchInterval: .zero)
        let token = try mint.token()
        let failure = await #expect(throws: Problem.self) { try await verifier.account(token: token) }
        #expect(failure?.status == .serviceUnavailable)
        #expect(failure?.headers[.retryAfter] != nil)

        isUp.withLock { $0 = true }
        _ = try await verifier.account(token: token)
        isUp.withLock { $0 = false }
        _ = try await verifier.account(token: token)
        let foreign = try TokenMint(keyID: "rotated").token()
        await #expect(throws: Problem.invalidToken) { try await verifier.account(token: foreign) }
    }

    private var goodHeader: JSONValue { ["alg": "EdDSA", "typ": "at+jwt", "kid": .string(mint.keyID)] }

    /// Good claims with some changed; `null` leaves one out.
    private func payload(_ change: JSONValue) -> JSONValue {
        let now = Timestamp.now().milliseconds / 1000
        let good: JSONValue = [
            "iss": "msctl-shop", "aud": "shop", "sub": .string(UUID().text), "iat": .integer(now), "nbf": .integer(now),
            "exp": .integer(now + 900), "jti": "1", "username": "ann", "roles": ["user"],
        ]
        guard case .object(let members) = good else { return good }
        return .object(
            members.compactMap { member in
                guard let changed = change[member.name] else { return member }
                return changed == .null ? nil : JSONValue.Member(member.name, changed)
            })
    }

    private func expectRefused(_ token: String, sourceLocation: SourceLocation = #_sourceLocation) async {
        let verifier = TokenVerifier(keys: .fixed(mint.keySet))
        await #expect(throws: Problem.invalidToken, sourceLocation: sourceLocation) {
            try await verifier.account(token: token)
        }
    }
}

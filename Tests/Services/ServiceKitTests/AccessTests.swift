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
        "", "Bearer", "Bearer ", "bearer =", "Bearer a b", "Bearer a,b", "Bearer a=b", "Bearer \u{e9}", " Bearer abc",
        "Bearer\tabc", "Service", "Service a b", "B\u{e9}arer abc", "(Bearer) abc",
        "Bearer " + String(repeating: "a", count: 5000),
    ])
    func `a header without one token is malformed`(header: String) {
        #expect(AuthorizationHeader(header) == .malformed)
    }

    @Test(arguments: ["Basic YWxhZGRpbg==", "Token abc", "Negotiate", "Digest a=b, c=d", "abc", "Bearerx abc"])
    func `a scheme of others is told apart`(header: String) {
        #expect(AuthorizationHeader(header) == .foreign)
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
        // It may be of a new key.
        let foreign = try TokenMint(keyID: "rotated").token()
        let unknown = await #expect(throws: Problem.self) { try await verifier.account(token: foreign) }
        #expect(unknown?.status == .serviceUnavailable)
        isUp.withLock { $0 = true }
        await #expect(throws: Problem.invalidToken) { try await verifier.account(token: foreign) }
    }

    @Test func `while no keys can be fetched an unknown key is a 503 each time, and no call each time`() async throws {
        struct Down: Error {}
        let fetches = Mutex(0)
        let bytes = JSONWriter.bytes(of: mint.keySet)
        let time = ManualInstant()
        let verifier = TokenVerifier(
            keys: KeySource {
                let count = fetches.withLock {
                    $0 += 1
                    return $0
                }
                guard count == 1 else { throw Down() }
                return bytes
            }, now: { time.now })
        _ = try await verifier.account(token: mint.token())
        time.advance(by: .seconds(5))
        let foreign = try TokenMint(keyID: "rotated").token()
        for _ in 0..<5 {
            let error = await #expect(throws: Problem.self) { try await verifier.account(token: foreign) }
            #expect(error?.status == .serviceUnavailable)
        }
        #expect(fetches.withLock(\.self) == 2)
        _ = try await verifier.account(token: mint.token())
    }

    @Test func `a retired key is forgotten five minutes later, unless nobody can be asked`() async throws {
        struct Down: Error {}
        let next = TokenMint(keyID: "next")
        let sets: [JSONValue?] = [mint.keySet, nil, next.keySet]
        let (fetches, fetched) = AsyncStream.makeStream(of: Void.self)
        let number = Mutex(0)
        let time = ManualInstant()
        let verifier = TokenVerifier(
            keys: KeySource {
                fetched.yield()
                let count = number.withLock {
                    $0 += 1
                    return $0
                }
                guard let set = sets[count - 1] else { throw Down() }
                return JSONWriter.bytes(of: set)
            }, now: { time.now })
        var fetching = fetches.makeAsyncIterator()
        let token = try mint.token()
        _ = try await verifier.account(token: token)
        await fetching.next()
        time.advance(by: .seconds(299))
        _ = try await verifier.account(token: token)
        #expect(number.withLock(\.self) == 1)

        time.advance(by: .seconds(1))
        _ = try await verifier.account(token: token)
        await fetching.next()
        time.advance(by: .seconds(299))
        _ = try await verifier.account(token: token)
        #expect(number.withLock(\.self) == 2)

        time.advance(by: .seconds(1))
        _ = try await verifier.account(token: token)
        await fetching.next()
        // Waits for that fetch, or finds what it has brought.
        _ = try await verifier.account(token: next.token())
        await #expect(throws: Problem.invalidToken) { try await verifier.account(token: token) }
        #expect(number.withLock(\.self) == 3)
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

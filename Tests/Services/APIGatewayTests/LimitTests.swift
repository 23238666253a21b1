import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Synchronization
import Testing

@testable import api_gateway

@Suite struct LimitTests {
    @Test func `who asks too often is told when to come back`() async throws {
        let settings = ["RATE_LIMIT_PER_MINUTE": "60", "RATE_LIMIT_BURST": "3"]
        try await withGateway(settings, before: Echo.named("users")) { client, fixture in
            for remaining in [2, 1, 0] {
                let reply = try await client.send(.get, "/api/users")
                #expect(reply.status == 200)
                #expect(reply.headers[.rateLimitPolicy] == #""default";q=3;w=3"#)
                #expect(reply.headers[.rateLimit] == #""default";r=\#(remaining);t=1"#)
            }
            let refused = try await client.send(.post, "/api/users", ["n": 1])
            #expect(refused.status == 429)
            #expect(refused.body["type"] == "rate-limited")
            #expect(refused.headers[.retryAfter] == "1")
            #expect(refused.headers[.rateLimit] == #""default";r=0;t=1"#)
            #expect(try await client.send(.get, "/nowhere").status == 429)
            let health = try await client.send(.get, "/health")
            #expect(health.status == 200, "the orchestrator is no client")
            #expect(health.headers[.rateLimit] == nil)
            let metrics = try await client.send(.get, "/metrics").text
            #expect(metrics.contains(#"gateway_requests_refused_total{reason="rate-limited"} 2"#))
            fixture.time.advance(by: .seconds(1))
            #expect(try await client.send(.get, "/api/users").status == 200)
            #expect(try await client.send(.get, "/api/users").status == 429)
        }
    }

    @Test func `every answer says what is left, and an upstream has no say in it`() async throws {
        let handler: Route.Handler = { _, _ in .json(.ok, "x", headers: [.rateLimit: #""theirs";r=0;t=9"#]) }
        try await withGateway(before: handler) { client, _ in
            for (path, status) in [("/api/users", 200), ("/api/orders", 503), ("/nowhere", 404), ("/api/%2f", 400)] {
                let reply = try await client.send(.get, path)
                #expect(reply.status == status)
                #expect(reply.headers[values: .rateLimitPolicy] == [#""default";q=60000;w=60"#], "\(path)")
                #expect(reply.headers[values: .rateLimit].count == 1)
                #expect(reply.headers[.rateLimit]?.hasPrefix(#""default";r=599"#) == true, "\(path)")
            }
        }
    }

    @Test func `each token has a limit of its own, and so has nobody's`() async throws {
        try await withGateway(["ACCOUNT_RATE_LIMIT_PER_MINUTE": "2"], before: Echo.named("users")) { client, _ in
            let policy = #""default";q=60000;w=60, "account";q=2;w=60"#
            for _ in 0..<2 {
                let reply = try await client.send(.get, "/api/users", authorization: "Bearer a")
                #expect(reply.status == 200)
                #expect(reply.headers[.rateLimitPolicy] == policy)
            }
            let refused = try await client.send(.get, "/api/users", authorization: "bearer  a")
            #expect(refused.status == 429)
            #expect(refused.headers[.retryAfter] == "30")
            #expect(refused.headers[.rateLimit]?.hasSuffix(#", "account";r=0;t=30"#) == true)
            #expect(try await client.send(.get, "/api/users", authorization: "Bearer b").status == 200)
            #expect(try await client.send(.get, "/api/users").status == 200)
        }
    }

    /// A user-service with the keys of `mint`, which counts how often it is asked for them.
    private func withKeys(
        _ mint: TokenMint, asked: CallCount = CallCount(), _ settings: [String: String],
        _ test: @escaping @Sendable (any TestClientProtocol, Fixture) async throws -> Void
    ) async throws {
        let handler: Route.Handler = { request, _ in
            guard request.uri.path == "/.well-known/jwks.json" else { return .json(.ok, "users") }
            asked.count()
            return .json(.ok, mint.keySet)
        }
        try await withGateway(settings, before: handler, test)
    }

    @Test func `an account has one limit, however many tokens it has`() async throws {
        let (mint, asked) = (TokenMint(), CallCount())
        let (one, other) = (UUID(), UUID())
        try await withKeys(mint, asked: asked, ["ACCOUNT_RATE_LIMIT_PER_MINUTE": "2"]) { client, _ in
            let tokens = try [mint.token(for: one), mint.token(for: one, session: "s"), mint.token(for: one)]
            for (token, status) in zip(tokens, [200, 200, 429]) {
                let reply = try await client.send(.get, "/api/users", authorization: "Bearer \(token)")
                #expect(reply.status == status)
            }
            let unlike = try mint.token(for: other)
            #expect(try await client.send(.get, "/api/users", authorization: "Bearer \(unlike)").status == 200)
            for token in tokens {
                #expect(try await client.send(.get, "/api/users", authorization: "Bearer \(token)").status == 429)
            }
        }
        #expect(asked.total == 1)
    }

    @Test func `a forged token uses up nothing of the account that it claims to be of`() async throws {
        let (mint, forger) = (TokenMint(), TokenMint())
        let account = UUID()
        try await withKeys(mint, ["ACCOUNT_RATE_LIMIT_PER_MINUTE": "2"]) { client, fixture in
            let forged = "Bearer \(try forger.token(for: account))"
            let expired = try mint.token(
                for: account, issued: Timestamp(milliseconds: Timestamp.now().milliseconds - 3_600_000))
            for authorization in [forged, "Bearer \(expired)"] {
                for status in [200, 200, 429] {
                    #expect(try await client.send(.get, "/api/users", authorization: authorization).status == status)
                }
            }
            let good = "Bearer \(try mint.token(for: account))"
            for status in [200, 200, 429] {
                #expect(try await client.send(.get, "/api/users", authorization: good).status == status)
            }
        }
    }

    @Test func `without the user-service a token stands for itself, and nobody waits`() async throws {
        let silent = try TestListener()
        try await withUpstream(Echo.named("products")) { products in
            let fixture = try Fixture(["ACCOUNT_RATE_LIMIT_PER_MINUTE": "2"])
            try fixture.publish([.users: [silent.port], .products: [products]])
            let mint = TokenMint()
            let account = UUID()
            try await fixture.serve { client in
                let start = ContinuousClock.now
                for _ in 0..<20 {
                    let token = try mint.token(for: account)
                    let reply = try await client.send(.get, "/api/products", authorization: "Bearer \(token)")
                    #expect(reply.status == 200)
                }
                #expect(start.duration(to: .now) < .seconds(4), "only the first waited for keys")
            }
        }
    }

    @Test func `passwords are tried at a slower pace`() async throws {
        try await withGateway(["SIGN_IN_RATE_LIMIT_PER_MINUTE": "2"], before: Echo.named("users")) { client, _ in
            let first = try await client.send(.post, "/api/users/login", ["n": 1])
            #expect(first.status == 200)
            #expect(first.headers[.rateLimitPolicy] == #""default";q=60000;w=60, "sign-in";q=2;w=60"#)
            #expect(try await client.send(.post, "/api/users/register", ["n": 1]).status == 200)
            for path in [
                "/api/users/login", "/api/users/register", "/api/users/me/password", "/api/users/%6Cogin",
                "/api/users/login/?a=b",
            ] {
                #expect(try await client.send(.post, path, ["n": 1]).status == 429, "\(path)")
            }
            #expect(try await client.send(.get, "/api/users/login").status == 200)
            #expect(try await client.send(.post, "/api/users", ["n": 1]).status == 200)
        }
    }

    @Test func `0 is no limit`() async throws {
        let settings = [
            "RATE_LIMIT_PER_MINUTE": "0", "ACCOUNT_RATE_LIMIT_PER_MINUTE": "0", "SIGN_IN_RATE_LIMIT_PER_MINUTE": "0",
        ]
        try await withGateway(settings, before: Echo.named("users")) { client, _ in
            for _ in 0..<3 {
                let reply = try await client.send(.post, "/api/users/login", ["n": 1], authorization: "Bearer a")
                #expect(reply.status == 200)
                #expect(reply.headers[.rateLimit] == nil && reply.headers[.rateLimitPolicy] == nil)
            }
        }
    }

    @Test func `behind a proxy of ours each client has its own limit, and upstreams learn who it is`() async throws {
        let settings = ["RATE_LIMIT_PER_MINUTE": "1", "TRUSTED_PROXIES": "127.0.0.0/8, ::1"]
        try await withGateway(settings, before: Echo.answer) { client, _ in
            for (value, status) in [
                ("192.0.2.1", 200), ("192.0.2.1", 429), ("192.0.2.2", 200), ("198.51.100.1, 192.0.2.2", 429),
            ] {
                let reply = try await client.send(.get, "/api/users", headers: [.forwardedFor: value])
                #expect(reply.status == status, "\(value)")
                if status == 200 { #expect(reply.body["fields"]?["x-forwarded-for"]?.string == value) }
            }
        }
    }

    @Test func `without such a proxy nobody is another by saying so`() async throws {
        try await withGateway(["RATE_LIMIT_PER_MINUTE": "1"], before: Echo.answer) { client, _ in
            for (value, status) in [("192.0.2.1", 200), ("192.0.2.2", 429)] {
                let reply = try await client.send(.get, "/api/users", headers: [.forwardedFor: value])
                #expect(reply.status == status)
            }
        }
    }
}

/// Counts calls from any task.
private final class CallCount: Sendable {
    private let calls = Mutex(0)

    var total: Int { calls.withLock(\.self) }

    func count() {
        calls.withLock { $0 += 1 }
    }
}

import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import api_gateway

/// The clock of the machine is set, while no time goes by.
@Suite struct WallClockTests {
    @Test(arguments: [Duration.seconds(3600), .seconds(-3600)])
    func `neither an open circuit nor an empty bucket minds`(jump: Duration) async throws {
        let fixture = try Fixture(["BREAKER_MINIMUM_CALLS": "2", "RATE_LIMIT_PER_MINUTE": "60"])
        let wall = ManualClock()
        let runtime = fixture.runtime(clock: wall.clock)
        let failing: Route.Handler = { _, _ in .json(.internalServerError, "x") }
        try await withUpstream(failing) { port in
            try fixture.publish([.users: [port]])
            try await buildApplication(try fixture.parts(in: runtime), in: runtime).test(.live) { client in
                for _ in 0..<2 { #expect(try await client.send(.get, "/api/users").status == 500) }
                for _ in 0..<56 { #expect(try await client.send(.get, "/api/users").status == 503) }
                wall.advance(by: jump)
                let suspended = try await client.send(.get, "/api/users")
                #expect(suspended.body["type"] == "upstream-suspended")
                #expect(suspended.headers[.rateLimit] == #""default";r=1;t=1"#)
                _ = try await client.send(.get, "/api/users")
                #expect(try await client.send(.get, "/api/users").status == 429)
                wall.advance(by: jump)
                #expect(try await client.send(.get, "/api/users").status == 429)
                fixture.time.advance(by: .seconds(2))
                #expect(try await client.send(.get, "/api/users").status == 500, "now time has gone by")
            }
        }
    }

    @Test func `a token is good as long as its issuer says, by the clock on the wall`() async throws {
        let mint = TokenMint()
        let wall = ManualClock()
        let verifier = TokenVerifier(keys: .fixed(mint.keySet), clock: wall.clock)
        let token = try mint.token(lifetime: .seconds(900))
        _ = try await verifier.account(token: token)
        wall.advance(by: .seconds(3600))
        await #expect(throws: Problem.invalidToken) { _ = try await verifier.account(token: token) }
        wall.advance(by: .seconds(-7200))
        await #expect(throws: Problem.invalidToken) { _ = try await verifier.account(token: token) }
        wall.advance(by: .seconds(3600))
        _ = try await verifier.account(token: token)
    }

    @Test func `whose a token is, is forgotten when it expires`() async throws {
        let mint = TokenMint()
        let (wall, account) = (ManualClock(), UUID())
        let tokens = TokenVerifier(keys: .fixed(mint.keySet), clock: wall.clock)
        let owners = TokenOwners(tokens: tokens, clock: wall.clock, now: { .now })
        let token = try mint.token(for: account, lifetime: .seconds(900))
        for _ in 0..<2 { #expect(await owners.client(with: token) == .account(account)) }
        wall.advance(by: .seconds(3600))
        #expect(await owners.client(with: token) == .bearer(TokenFingerprint(of: token)))
    }
}

import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import api_gateway

/// A password that somebody types in the place of an id.
@Suite struct CanaryTests {
    private static let canary = "opensesame"

    @Test(
        arguments: [
            (.unauthenticated, 401), (.unavailable("busy"), 503), (.internalError, 500), (.notFound, 404),
            (.forbidden, 403),
        ] as [(Problem, Int)])
    func `is in no line, metric or problem, whatever the upstream answers`(problem: Problem, status: Int) async throws {
        try await withGateway(before: { _, _ in throw problem }) { client, fixture in
            for path in ["/api/users/\(Self.canary)", "/api/users/me/\(Self.canary)?a=b"] {
                #expect(try await client.send(.get, path).status == status)
            }
            try await expectSilence(client, fixture, after: 2)
        }
    }

    @Test func `nor is it when the gateway itself refuses`() async throws {
        let settings = ["RATE_LIMIT_PER_MINUTE": "1"]
        try await withGateway(settings, before: { _, _ in .json(.ok, "x") }) { client, fixture in
            let path = "/api/users/\(Self.canary)"
            #expect(try await client.send(.get, path).status == 200)
            let limited = try await client.send(.get, path)
            #expect(limited.status == 429)
            #expect(!limited.text.contains(Self.canary))
            try await expectSilence(client, fixture, after: 2)
        }
        let fixture = try Fixture()
        try await fixture.serve { client in
            let missing = try await client.send(.get, "/api/orders/\(Self.canary)")
            #expect(missing.status == 503)
            #expect(!missing.text.contains(Self.canary))
            try await expectSilence(client, fixture, after: 1)
        }
    }

    private func expectSilence(_ client: any TestClientProtocol, _ fixture: Fixture, after count: Int) async throws {
        let lines = try await fixture.accessLines(count)
        #expect(lines.allSatisfy { $0["path"]?.string?.hasSuffix("…") == true }, "\(lines)")
        #expect(!fixture.logs.lines.contains { $0.contains(Self.canary) })
        #expect(try await !client.send(.get, "/metrics").text.contains(Self.canary))
    }
}

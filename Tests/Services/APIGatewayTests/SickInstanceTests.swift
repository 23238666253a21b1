import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Synchronization
import Testing

@testable import api_gateway

/// One instance of three that fails at once, and so is never busy.
@Suite(.timeLimit(.minutes(2))) struct SickInstanceTests {
    private static let requests = 1000

    private final class Calls: Sendable {
        private let calls = Mutex<[String: Int]>([:])

        func count(_ name: String) {
            calls.withLock { $0[name, default: 0] += 1 }
        }

        subscript(name: String) -> Int { calls.withLock { $0[name] ?? 0 } }
    }

    /// Two services that answer, counted as `well`, and as `keyed` when a request has a key.
    private func withTwo(
        _ calls: Calls, _ test: @escaping @Sendable (_ one: Int, _ other: Int) async throws -> Void
    ) async throws {
        let handler: Route.Handler = { request, _ in
            calls.count(request.headers[.idempotencyKey] == nil ? "well" : "keyed")
            return .json(.ok, "well")
        }
        try await withUpstream(handler) { one in
            try await withUpstream(handler) { other in try await test(one, other) }
        }
    }

    @Test func `one that breaks every connection costs nobody an answer, and few calls`() async throws {
        let calls = Calls()
        try await withTwo(calls) { one, other in
            try await ScriptedServer.run("", whenAsked: { calls.count("sick") }) { sick in
                let fixture = try Fixture()
                try fixture.publish([.orders: [sick, one, other]])
                try await fixture.serve { client in
                    let key: HTTPFields = [.idempotencyKey: "k", .contentLength: "0"]
                    #expect(try await client.send(.post, "/api/orders", headers: key).status == 200)
                    #expect(calls["keyed"] == 1 && calls["sick"] == 1)
                    var succeeded = 0
                    for _ in 0..<Self.requests {
                        if try await client.send(.get, "/api/orders").status == 200 { succeeded += 1 }
                    }
                    #expect(succeeded * 100 > Self.requests * 99)
                }
            }
        }
        #expect((calls["well"] + calls["sick"]) * 10 <= Self.requests * 12)
        #expect(calls["sick"] == InstancePool.failureLimit)
    }

    @Test func `one that answers 500 answers few`() async throws {
        let calls = Calls()
        let failing: Route.Handler = { _, _ in
            calls.count("sick")
            return .json(.internalServerError, "sick")
        }
        try await withTwo(calls) { one, other in
            try await withUpstream(failing) { sick in
                let fixture = try Fixture()
                try fixture.publish([.users: [one, sick, other]])
                try await fixture.serve { client in
                    var succeeded = 0
                    for _ in 0..<Self.requests {
                        if try await client.send(.get, "/api/users").status == 200 { succeeded += 1 }
                    }
                    #expect(succeeded == Self.requests - InstancePool.failureLimit)
                }
            }
        }
        #expect(calls["sick"] == InstancePool.failureLimit)
    }

    @Test func `one that has too much to do and says so is not sick`() async throws {
        let busy: Route.Handler = { _, _ in throw Problem.unavailable("busy") }
        let calls = Calls()
        try await withTwo(calls) { one, other in
            try await withUpstream(busy) { full in
                let fixture = try Fixture(["BREAKER_MINIMUM_CALLS": "2"])
                try fixture.publish([.users: [one, full, other]])
                try await fixture.serve { client in
                    var statuses: [Int: Int] = [:]
                    for _ in 0..<60 { statuses[try await client.send(.get, "/api/users").status, default: 0] += 1 }
                    #expect(statuses == [200: 40, 503: 20])
                }
            }
        }
    }
}

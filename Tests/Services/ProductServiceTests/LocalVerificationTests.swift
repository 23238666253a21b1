import Foundation
import Hummingbird
import ServiceKit
import ServiceTestSupport
import Synchronization
import Testing

@testable import product_service

/// Tokens are verified here, and what the user-service ends is heard of (D13, D14).
@Suite struct LocalVerificationTests {
    /// A user-service that counts what it is asked.
    private final class Users: Sendable {
        private let keySet: JSONValue
        private let state = Mutex((requests: 0, ended: [String]()))

        init(keySet: JSONValue) {
            self.keySet = keySet
        }

        var requests: Int { state.withLock(\.requests) }

        func end(_ session: String) { state.withLock { $0.ended.append(session) } }

        var parts: ServiceParts {
            ServiceParts(routes: [
                .get("/.well-known/jwks.json", access: .anyone) { _, _ in
                    self.state.withLock { $0.requests += 1 }
                    return .json(.ok, self.keySet)
                },
                .get("/internal/revocations/:since", access: .anyone) { _, context in
                    let since = context.parameters.get("since").flatMap { Int($0) } ?? 0
                    let ended = self.state.withLock { state in
                        state.requests += 1
                        return state.ended.dropFirst(since)
                    }
                    let page = RevocationPage(
                        sessions: ended.map { (id: $0, remaining: .seconds(60)) }, next: Int64(since + ended.count),
                        hasMore: false)
                    return .json(.ok, page.json)
                },
            ])
        }
    }

    @Test func `a thousand reads ask the user-service nothing, and an ended session is refused a round later`()
        async throws
    {
        let fixture = try Fixture()
        let users = Users(keySet: fixture.mint.keySet)
        let rounds = SweeperRounds()
        try await withLiveService(users.parts) { usersService in
            var environment = fixture.environment
            environment["USER_SERVICE_URL"] = "http://127.0.0.1:\(usersService.port)"
            let runtime = ServiceRuntime.test(logs: fixture.logs, clock: fixture.time.clock)
            let parts = try await ProductService.assemble(
                ServiceMain.read(environment: environment), in: runtime, pause: fixture.rounds.pause,
                feedPause: rounds.pause)
            let token = try fixture.mint.token(roles: [.user, .operator], session: "s")
            let other = try fixture.mint.token(roles: [.user, .operator], session: "t")
            try await withLiveService(parts, in: runtime) { service in
                await rounds.first()
                try await withClient(of: service) { read in
                    // The first one fetches the keys.
                    #expect(await read(token) == 404)
                    let before = users.requests
                    for _ in 0..<1000 { #expect(await read(token) == 404) }
                    #expect(users.requests == before)

                    users.end("s")
                    #expect(await read(token) == 404, "nobody has said so yet")
                    await rounds.next()
                    #expect(await read(token) == 401)
                    #expect(await read(other) == 404)
                    #expect(users.requests == before + 1)
                }
            }
            try parts.close()
        }
    }

    /// `read` asks for the movements of a product that there is not, which only an operator may.
    private func withClient(
        of service: LiveService, _ test: ((_ token: String) async -> Int) async throws -> Void
    ) async throws {
        let url = try #require(URL(string: "http://127.0.0.1:\(service.port)"))
        let http = OutgoingHTTP()
        let product = Neighbour(InstancePool("product-service", in: .test(), address: url), over: http)
        let path = ["api", "products", UUID().text, "stock-movements"]
        do {
            try await test { token in
                switch await product.send(.get, path, headers: ["Authorization": "Bearer \(token)"]) {
                case .answer(let reply), .refused(let reply): reply.status.code
                case .unavailable: 0
                }
            }
        } catch {
            try await http.shutdown()
            throw error
        }
        try await http.shutdown()
    }
}

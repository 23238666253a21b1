import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import user_service

@Suite struct RevocationTests {
    private static let service = "Service \(Fixture.credential)"

    @Test func `an access token is refused at once after its session was logged out`() async throws {
        try await withUserService { client in
            _ = try await client.register("ann")
            let ended = try Tokens(try await client.logIn("ann"))
            let other = try Tokens(try await client.logIn("ann"))
            #expect(try await client.me(ended).status == 200)
            _ = try await client.send(.post, "/api/users/logout", ["refreshToken": .string(ended.refresh)])
            let refused = try await client.me(ended)
            #expect(refused.status == 401)
            #expect(refused.body["type"] == "invalid-token")
            #expect(try await client.me(other).status == 200, "another login is another session")
        }
    }

    @Test func `all access tokens of a session are refused after a refresh token was used twice`() async throws {
        try await withUserService { client in
            let first = try Tokens(try await client.register("ann"))
            let second = try Tokens(try await client.refresh(first.refresh))
            #expect(try await client.me(first).status == 200, "a refresh ends nothing")
            _ = try await client.refresh(first.refresh)
            #expect(try await client.me(first).status == 401)
            #expect(try await client.me(second).status == 401)
        }
    }

    @Test func `what one instance ends is ended at the other`() async throws {
        let fixture = try Fixture()
        let (one, two) = (try await fixture.assemble(), try await fixture.assemble())
        try await buildApplication(one.parts, in: one.runtime).test(.router) { one in
            try await buildApplication(two.parts, in: two.runtime).test(.router) { two in
                let tokens = try Tokens(try await one.register("ann"))
                #expect(try await two.me(tokens).status == 200)
                _ = try await one.send(.post, "/api/users/logout", ["refreshToken": .string(tokens.refresh)])
                #expect(try await two.me(tokens).status == 401)
            }
        }
        try one.parts.close()
        try two.parts.close()
    }

    @Test func `services are told each ended session once, until its tokens have expired`() async throws {
        let fixture = try Fixture()
        try await fixture.serve { client in
            for _ in 0..<3 {
                let tokens = try Tokens(try await client.register("ann\(UUID().text.prefix(8))"))
                for _ in 0..<2 {
                    _ = try await client.send(.post, "/api/users/logout", ["refreshToken": .string(tokens.refresh)])
                }
            }
            let all = try await client.revocations(since: 0)
            #expect(all.sessions.count == 3)
            #expect(Set(all.sessions.map(\.id)).count == 3)
            #expect(all.sessions.allSatisfy { $0.remaining > AccessTokenIssuer.lifetime })
            #expect(!all.hasMore)
            #expect(try await client.revocations(since: all.next).sessions.isEmpty)
            #expect(try await client.revocations(since: all.next - 1).sessions.count == 1)
            #expect(try await client.revocations(since: all.next + 1).sessions.count == 3, "the file was replaced")

            fixture.time.advance(by: RevocationStore.retention)
            #expect(try await client.revocations(since: 0).sessions.isEmpty)
        }
    }

    @Test func `a session without recent access tokens is ended and not told`() async throws {
        let fixture = try Fixture()
        try await fixture.serve { client in
            let tokens = try Tokens(try await client.register("ann"))
            fixture.time.advance(by: RevocationStore.retention)
            _ = try await client.send(.post, "/api/users/logout", ["refreshToken": .string(tokens.refresh)])
            #expect(try await client.revocations(since: 0).sessions.isEmpty)
            #expect(try await client.refresh(tokens.refresh).status == 401)
        }
    }

    @Test func `nobody but the shop's services is told`() async throws {
        try await withUserService { client in
            let ann = try await client.person("ann")
            let path = "/internal/revocations/0"
            #expect(try await client.send(.get, path).status == 401)
            #expect(try await client.send(.get, path, authorization: ann.authorization).status == 403)
            let boss = try await client.operatorAuthorization()
            #expect(try await client.send(.get, path, authorization: boss).status == 403)
            for wrong in ["x", "-1", "1e3"] {
                let reply = try await client.send(.get, "/internal/revocations/\(wrong)", authorization: Self.service)
                #expect(reply.status == 400)
            }
        }
    }

    @Test func `another service refuses the token after its next question, which it asks every second`() async throws {
        let fixture = try Fixture()
        let (parts, runtime) = try await fixture.assemble()
        try await buildApplication(parts, in: runtime).test(.live) { client in
            let port = try #require(client.port)
            let url = try #require(URL(string: "http://127.0.0.1:\(port)"))
            let http = OutgoingHTTP()
            let users = Neighbour(
                InstancePool("user-service", in: runtime, address: url), over: http,
                credential: Secret(bytes: Array(Fixture.credential.utf8)))
            do {
                let feed = RevocationFeed(of: users, logger: runtime.logger, now: runtime.now)
                try await Self.expectRefusal(after: feed, of: users, client)
            } catch {
                try await http.shutdown()
                throw error
            }
            try await http.shutdown()
        }
        try parts.close()
        #expect(RevocationFeed.interval == .seconds(1))
    }

    private static func expectRefusal(
        after feed: RevocationFeed, of users: Neighbour, _ client: any TestClientProtocol
    ) async throws {
        let verifier = TokenVerifier(keys: .published(by: users), revocations: feed.check)
        let tokens = try Tokens(try await client.register("ann"))
        await feed.round()
        #expect(try await verifier.account(token: tokens.access).username == "ann")
        _ = try await client.send(.post, "/api/users/logout", ["refreshToken": .string(tokens.refresh)])
        await feed.round()
        await #expect(throws: Problem.invalidToken) { try await verifier.account(token: tokens.access) }
    }
}

/// What registering, logging in and refreshing give.
struct Tokens: Sendable {
    let access: String
    let refresh: String

    init(_ reply: TestReply) throws {
        access = try #require(reply.body["token"]?.string)
        refresh = try #require(reply.body["refreshToken"]?.string)
    }
}

extension TestClientProtocol {
    func me(_ tokens: Tokens) async throws -> TestReply {
        try await send(.get, "/api/users/me", authorization: "Bearer \(tokens.access)")
    }

    func revocations(since number: Int64) async throws -> RevocationPage {
        let reply = try await send(
            .get, "/internal/revocations/\(number)", authorization: "Service \(Fixture.credential)")
        return try #require(RevocationPage(reply.body))
    }
}

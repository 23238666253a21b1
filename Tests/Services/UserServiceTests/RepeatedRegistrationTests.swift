import GRDB
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@Suite struct RepeatedRegistrationTests {
    @Test func `the same registration sent again is the same account and a fresh session`() async throws {
        let fixture = try Fixture()
        try await fixture.serve { client in
            let first = try await client.register("Ann", key: "k")
            let again = try await client.register("Ann", key: "k")
            #expect([first.status, again.status] == [201, 201])
            #expect(again.body["user"] == first.body["user"])
            #expect(again.headers[.location] == first.headers[.location])
            let (one, two) = (try Tokens(first), try Tokens(again))
            #expect(one.refresh != two.refresh)
            #expect(try await client.me(one).status == 200)
            #expect(try await client.me(two).body == client.me(one).body)
        }
        #expect(try fixture.logs.events().filter { $0["message"] == "account registered" }.count == 1)
    }

    @Test(arguments: [("Bob", "Ann@example.org", Fixture.password), ("Ann", "Ann@example.org", "another password")])
    func `another registration with the same key is a 422`(username: String, email: String, password: String)
        async throws
    {
        try await withUserService { client in
            #expect(try await client.register("Ann", key: "k").status == 201)
            let reply = try await client.register(username, email: email, password: password, key: "k")
            #expect(reply.status == 422)
            #expect(reply.body["type"] == "idempotency-key-reused")
            #expect(try await client.register("Ann", key: "another").status == 409)
            #expect(try await client.register("Ann").status == 409)
        }
    }

    @Test func `a registration sent ten times at once makes one account and every answer is it`() async throws {
        try await withUserService { client in
            let replies = try await withThrowingTaskGroup(of: TestReply.self) { group in
                for _ in 0..<10 { group.addTask { try await client.register("ann", key: "k") } }
                return try await group.reduce(into: [TestReply]()) { $0.append($1) }
            }
            #expect(replies.allSatisfy { $0.status == 201 })
            #expect(Set(replies.compactMap { $0.body["user"]?["id"]?.string }).count == 1)
        }
    }

    @Test func `a failed registration is not remembered`() async throws {
        try await withUserService { client in
            _ = try await client.register("ann")
            #expect(try await client.register("ann", key: "k").status == 409)
            #expect(try await client.register("bob", key: "k").status == 201)
        }
    }

    @Test func `a key is good for a day, and not beyond a new password`() async throws {
        let fixture = try Fixture()
        try await fixture.serve { client in
            let ann = try Tokens(try await client.register("ann", key: "k"))
            #expect(try await client.register("bob", key: "l").status == 201)
            #expect(try await client.changePassword(ann, to: "another horse battery").status == 204)
            #expect(try await client.register("ann", key: "k").status == 409)
            #expect(try await client.register("bob", key: "l").status == 201)
            fixture.time.advance(by: .seconds(24 * 3600))
            #expect(try await client.register("bob", key: "l").status == 409)
            #expect(try await client.register("eve", key: "l").status == 201)
        }
    }

    @Test func `who knows somebody's key cannot guess his password with it`() async throws {
        let fixture = try Fixture()
        try await fixture.serve { client in
            _ = try await client.register("ann", key: "k")
            for number in 0..<10 {
                #expect(try await client.register("ann", password: "wrong password \(number)", key: "k").status == 422)
            }
            let refused = try await client.register("ann", password: "wrong password", key: "k")
            #expect(refused.status == 429)
            #expect(refused.headers[.retryAfter] == "1")
            #expect(try await client.register("ann", key: "k").status == 429)
            #expect(try await client.logIn("ann").status == 429, "it is one bucket")
            fixture.instant.advance(by: .seconds(1))
            #expect(try await client.register("ann", key: "k").status == 201)
        }
    }

    @Test func `nothing that is kept of a registration depends on its password`() async throws {
        var fingerprints: Set<String> = []
        for password in [Fixture.password, "another password"] {
            let fixture = try Fixture()
            try await fixture.serve { client in _ = try await client.register("ann", password: password, key: "k") }
            let database = try fixture.database()
            fingerprints.formUnion(
                try await database.read { try String.fetchAll($0, sql: "SELECT fingerprint FROM keyed_requests") })
            try database.close()
        }
        #expect(fingerprints.count == 1)
    }

    @Test(arguments: ["", "a b", "é", String(repeating: "k", count: 129)])
    func `a key of another shape is a 400`(key: String) async throws {
        try await withUserService { client in
            let reply = try await client.register("ann", key: key)
            #expect(reply.status == 400)
        }
    }
}

extension TestClientProtocol {
    func register(
        _ username: String, email: String? = nil, password: String = Fixture.password, key: String
    ) async throws -> TestReply {
        try await send(
            .post, "/api/users/register",
            [
                "username": .string(username), "email": .string(email ?? "\(username)@example.org"),
                "password": .string(password),
            ], headers: [.idempotencyKey: key])
    }
}

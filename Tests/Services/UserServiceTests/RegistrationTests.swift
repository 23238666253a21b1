import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import user_service

@Suite struct RegistrationTests {
    @Test func `a new person gets 201, an id and a token that works`() async throws {
        try await withUserService { client in
            let reply = try await client.register("Ann", email: "Ann@Example.org")
            #expect(reply.status == 201)
            #expect(reply.body["message"] == "User registered successfully")
            #expect(reply.body["user"]?["username"] == "Ann")
            #expect(reply.body["user"]?["email"] == "Ann@Example.org")
            let token = try #require(reply.body["token"]?.string)
            let me = try await client.send(.get, "/api/users/me", authorization: "Bearer \(token)")
            #expect(me.status == 200)
            #expect(me.body["id"] == reply.body["user"]?["id"])
            #expect(me.body["roles"] == ["user"])
            #expect(!me.text.contains("$2b$"))
        }
    }

    @Test func `two hundred people registering one name at once get one 201 and 409s`() async throws {
        try await withUserService { client in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<200 {
                    group.addTask { try await client.register("Ann", email: "\(number)@example.org").status }
                }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [201: 1, 409: 199])
            let list = try await client.send(.get, "/api/users", authorization: client.operatorAuthorization())
            #expect(list.body["items"]?.array?.count == 2)
        }
    }

    @Test(arguments: [
        ("josé", "a@example.org"), ("JOSE\u{301}", "a@example.org"), (" José ", "a@example.org"),
        ("ｊｏｓé", "a@example.org"), ("other", "JOSÉ@example.org"), ("other", " jose\u{301}@Example.ORG"),
    ])
    func `case, spaces, composition and width make no second account`(username: String, email: String) async throws {
        try await withUserService { client in
            #expect(try await client.register("José", email: "José@example.org").status == 201)
            let reply = try await client.register(username, email: email)
            #expect(reply.status == 409)
            #expect(reply.body["type"] == "account-exists")
        }
    }

    @Test(
        arguments: [
            ["username": "ab"], ["username": "a b c"], ["username": "a\u{0}bc"], ["username": "a@b.c"],
            ["username": "a\u{3164}bc"],
            ["username": "ab\u{200B}c"], ["username": "ab\u{E0100}c"], ["email": "a\u{3164}b@c"],
            ["email": "a\u{202E}b@c"], ["email": "a\u{AD}b@c"], ["email": "a@\u{FEFF}c"], ["email": "nobody"],
            ["email": "a@b@c"], ["email": "a b@c"], ["email": "@c"], ["password": "short"],
            ["password": "🙂🙂"], ["password": "ééééééé"],
            ["password": "password1"], ["password": "PassWord123"], ["password": "nul\u{0}nul\u{0}nul"],
            ["password": .string(String(repeating: "x", count: 73))], ["password": ["$ne": nil]], ["role": "operator"],
            ["roles": ["operator"]], ["id": "1"],
        ] as [JSONValue])
    func `a bad or unknown member is a 422 that points at it`(change: JSONValue) async throws {
        try await withUserService { client in
            guard case .object(let changed) = change, let name = changed.first?.name else { return }
            let good: [JSONValue.Member] = [
                .init("username", "ann"), .init("email", "ann@example.org"),
                .init("password", .string(Fixture.password)),
            ]
            let reply = try await client.send(
                .post, "/api/users/register", .object(good.filter { $0.name != name } + changed))
            #expect(reply.status == 422)
            #expect(reply.body["errors"]?.array?.compactMap { $0["pointer"]?.string } == ["/\(name)"])
        }
    }

    @Test(arguments: ["🙂🙂🙂🙂🙂🙂🙂🙂", "éééééééé", "パスワード八文字"])
    func `eight characters are enough in any writing`(password: String) async throws {
        try await withUserService { client in
            let reply = try await client.register("ann", password: password)
            #expect(reply.status == 201)
            #expect(try await client.logIn("ann", password).status == 200)
        }
    }

    @Test func `which of name and address is taken is not said`() async throws {
        try await withUserService { client in
            _ = try await client.register("ann")
            let name = try await client.register("ann", email: "other@example.org", traced: true)
            let address = try await client.register("other", email: "ann@example.org", traced: true)
            let both = try await client.register("ann", traced: true)
            #expect(name.status == 409)
            #expect(name.text == address.text && name.text == both.text)
            func fields(_ reply: TestReply) -> [String] {
                reply.headers.filter { $0.name.rawName.lowercased() != "x-request-id" }.map(\.description).sorted()
            }
            #expect(fields(name) == fields(address) && fields(name) == fields(both))
        }
    }

    @Test func `the list of common passwords is the top three thousand`() {
        #expect(CommonPasswords.list.count > 3000)
        #expect(CommonPasswords.list.allSatisfy { $0.count >= Password.minimum && $0 == $0.lowercased() })
        for sample in ["password", "12345678", "Trustno1", "steelers", "hardcore", "PASSWORD123", "minecraft"] {
            #expect(Password(sample) == nil)
        }
        #expect(Password("correct horse battery") != nil)
    }

    @Test func `a password of 72 bytes is read in whole`() async throws {
        try await withUserService { client in
            let long = String(repeating: "é", count: 36)
            _ = try await client.register("ann", password: long)
            #expect(try await client.logIn("ann", long).status == 200)
            #expect(try await client.logIn("ann", long + "x").status == 401)
            #expect(try await client.logIn("ann", String(long.dropLast())).status == 401)
        }
    }
}

extension TestClientProtocol {
    /// A registration in a trace of its own, so that nothing in two answers differs for its sake.
    func register(_ username: String, email: String? = nil, traced: Bool) async throws -> TestReply {
        let name = try #require(HTTPField.Name("traceparent"))
        return try await send(
            .post, "/api/users/register",
            [
                "username": .string(username), "email": .string(email ?? "\(username)@example.org"),
                "password": .string(Fixture.password),
            ], headers: traced ? [name: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"] : [:])
    }
}

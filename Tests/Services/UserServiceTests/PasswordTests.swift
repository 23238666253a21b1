import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@Suite struct PasswordTests {
    private static let new = "another horse battery"

    @Test func `after a change only the new password is good`() async throws {
        let fixture = try Fixture()
        try await fixture.serve { client in
            let ann = try Tokens(try await client.register("ann"))
            let reply = try await client.changePassword(ann, to: Self.new)
            #expect(reply.status == 204)
            #expect(reply.text.isEmpty)
            #expect(try await client.logIn("ann").status == 401)
            #expect(try await client.logIn("ann", Self.new).status == 200)
        }
        #expect(!fixture.logs.lines.contains { $0.contains("horse") })
    }

    @Test func `a change ends every session but the one that is shown`() async throws {
        try await withUserService { client in
            let registered = try Tokens(try await client.register("ann"))
            let kept = try Tokens(try await client.logIn("ann"))
            let other = try Tokens(try await client.logIn("ann"))
            let bob = try Tokens(try await client.register("bob"))
            #expect(try await client.changePassword(kept, to: Self.new, keeping: kept.refresh).status == 204)
            for ended in [registered, other] {
                #expect(try await client.me(ended).status == 401)
                #expect(try await client.refresh(ended.refresh).status == 401)
            }
            for good in [kept, bob] {
                #expect(try await client.me(good).status == 200)
                #expect(try await client.refresh(good.refresh).status == 200)
            }
        }
    }

    @Test func `a change that shows no session of the person's own ends them all`() async throws {
        try await withUserService { client in
            let bob = try Tokens(try await client.register("bob"))
            let used = try Tokens(try await client.register("ann"))
            let ann = try Tokens(try await client.refresh(used.refresh))
            // Somebody else's, one that was used before, none at all.
            #expect(try await client.changePassword(ann, to: Self.new, keeping: bob.refresh).status == 204)
            #expect(try await client.me(ann).status == 401)
            #expect(try await client.me(bob).status == 200)

            let first = try Tokens(try await client.logIn("ann", Self.new))
            let second = try Tokens(try await client.refresh(first.refresh))
            let third = try await client.changePassword(
                second, from: Self.new, to: Fixture.password, keeping: first.refresh)
            #expect(third.status == 204)
            #expect(try await client.me(second).status == 401)

            let last = try Tokens(try await client.logIn("ann"))
            #expect(try await client.changePassword(last, to: Self.new).status == 204)
            #expect(try await client.me(last).status == 401)
        }
    }

    @Test func `a wrong current password gets the answer of a wrong login, and ends nothing`() async throws {
        try await withUserService { client in
            let ann = try Tokens(try await client.register("ann"))
            let wrong = try await client.changePassword(ann, from: "wrong password", to: Self.new)
            let login = try await client.logIn("ann", "wrong password")
            #expect(wrong.status == 401)
            for member in ["type", "title", "status", "detail"] { #expect(wrong.body[member] == login.body[member]) }
            #expect(wrong.headers[.wwwAuthenticate] == login.headers[.wwwAuthenticate])
            #expect(try await client.me(ann).status == 200)
            #expect(try await client.logIn("ann").status == 200)
        }
    }

    @Test func `guessing the current password with a stolen token is bounded as logins are`() async throws {
        try await withUserService { client in
            let ann = try Tokens(try await client.register("ann"))
            for _ in 0..<10 {
                let reply = try await client.changePassword(ann, from: "wrong password", to: Self.new)
                #expect(reply.status == 401)
            }
            let refused = try await client.changePassword(ann, to: Self.new)
            #expect(refused.status == 429)
            #expect(refused.headers[.retryAfter] == "1")
        }
    }

    @Test func `of ten changes from one password at once one is made`() async throws {
        try await withUserService { client in
            let ann = try Tokens(try await client.register("ann"))
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<10 {
                    group.addTask {
                        try await client.changePassword(ann, to: "\(Self.new) \(number)", keeping: ann.refresh).status
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [204: 1, 401: 9])
        }
    }

    @Test(arguments: ["short", "password1", "nul\u{0}nul\u{0}nul", String(repeating: "x", count: 73)])
    func `a new password is held to the same rules as a first one`(password: String) async throws {
        try await withUserService { client in
            let ann = try Tokens(try await client.register("ann"))
            let reply = try await client.changePassword(ann, to: password)
            #expect(reply.status == 422)
            #expect(reply.body["errors"]?.array?.compactMap { $0["pointer"]?.string } == ["/newPassword"])
        }
    }

    @Test func `only people change passwords, and only their own`() async throws {
        try await withUserService { client in
            let body: JSONValue = ["currentPassword": .string(Fixture.password), "newPassword": .string(Self.new)]
            let path = "/api/users/me/password"
            #expect(try await client.send(.post, path, body).status == 401)
            let service = try await client.send(.post, path, body, authorization: "Service \(Fixture.credential)")
            #expect(service.status == 403)
            #expect(try await client.send(.get, path).status == 405)
        }
    }

    @Test func `the operator's sessions end when the password file changes`() async throws {
        let fixture = try Fixture()
        let tokens = Holder<Tokens>()
        try await fixture.serve { client in
            tokens.value = try Tokens(try await client.logIn("operator", Fixture.operatorPassword))
        }
        try fixture.directory.write("operator", "the operator's second password")
        try await fixture.serve { client in
            let old = try #require(tokens.value)
            #expect(try await client.me(old).status == 401)
            #expect(try await client.revocations(since: 0).sessions.count == 1)
        }
    }
}

extension TestClientProtocol {
    func changePassword(
        _ tokens: Tokens, from old: String = Fixture.password, to new: String, keeping refreshToken: String? = nil
    ) async throws -> TestReply {
        var members: [JSONValue.Member] = [
            .init("currentPassword", .string(old)), .init("newPassword", .string(new)),
        ]
        if let refreshToken { members.append(.init("refreshToken", .string(refreshToken))) }
        return try await send(
            .post, "/api/users/me/password", .object(members), authorization: "Bearer \(tokens.access)")
    }
}

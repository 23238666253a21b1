import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@Suite struct SessionTests {
    @Test(arguments: ["ann", " ANN ", "Ann@example.org"])
    func `a person logs in by name or address`(login: String) async throws {
        try await withUserService { client in
            _ = try await client.register("ann")
            let reply = try await client.logIn(login)
            #expect(reply.status == 200)
            #expect(reply.body["expiresIn"] == 900)
            #expect(reply.body["user"]?["username"] == "ann")
            #expect(reply.body["refreshToken"]?.string?.utf8.count == 43)
            #expect(reply.headers[.cacheControl] == "no-store")
        }
    }

    @Test func `a wrong password and an unknown person get the same answer`() async throws {
        try await withUserService { client in
            _ = try await client.register("ann")
            let wrong = try await client.logIn("ann", "wrong password")
            let unknown = try await client.logIn("nobody", "wrong password")
            #expect(wrong.status == 401)
            #expect(unknown.status == 401)
            for member in ["type", "title", "status", "detail", "instance"] {
                #expect(wrong.body[member] == unknown.body[member])
            }
            #expect(wrong.headers[.wwwAuthenticate] == unknown.headers[.wwwAuthenticate])
        }
    }

    @Test func `a refresh token is good for one use and its second use ends the family`() async throws {
        let fixture = try Fixture()
        try await fixture.serve { client in
            _ = try await client.register("ann")
            let first = try #require(try await client.logIn("ann").body["refreshToken"]?.string)
            let other = try #require(try await client.logIn("ann").body["refreshToken"]?.string)
            let rotated = try await client.refresh(first)
            #expect(rotated.status == 200)
            #expect(rotated.body["user"]?["username"] == "ann")
            let second = try #require(rotated.body["refreshToken"]?.string)
            #expect(second != first)

            let reused = try await client.refresh(first)
            #expect(reused.status == 401)
            #expect(reused.body["type"] == "invalid-token")
            #expect(try await client.refresh(second).status == 401)
            #expect(try await client.refresh(other).status == 200, "another login is another family")
        }
        #expect(try fixture.logs.events().contains { $0["level"] == "warning" && $0["accountId"] != nil })
    }

    @Test func `ten refreshes with one token at once give at most one new token`() async throws {
        try await withUserService { client in
            _ = try await client.register("ann")
            let token = try #require(try await client.logIn("ann").body["refreshToken"]?.string)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<10 { group.addTask { try await client.refresh(token).status } }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [200: 1, 401: 9])
        }
    }

    @Test func `logging out ends the session and can be repeated`() async throws {
        try await withUserService { client in
            _ = try await client.register("ann")
            let token = try #require(try await client.logIn("ann").body["refreshToken"]?.string)
            for _ in 0..<2 {
                let reply = try await client.send(.post, "/api/users/logout", ["refreshToken": .string(token)])
                #expect(reply.status == 204)
                #expect(reply.headers[.contentLength] == nil)
            }
            #expect(try await client.refresh(token).status == 401)
        }
    }

    @Test func `a refresh token expires after thirty days`() async throws {
        let fixture = try Fixture()
        try await fixture.serve { client in
            _ = try await client.register("ann")
            let token = try #require(try await client.logIn("ann").body["refreshToken"]?.string)
            fixture.time.advance(by: .seconds(30 * 24 * 3600))
            #expect(try await client.refresh(token).status == 401)
        }
    }

    @Test func `others verify tokens with the published keys`() async throws {
        try await withUserService { client in
            let token = try #require(try await client.register("ann").body["token"]?.string)
            let keys = try await client.send(.get, "/.well-known/jwks.json")
            #expect(!keys.text.contains("\"d\""))
            let account = try await TokenVerifier(keys: .fixed(keys.body)).account(token: token)
            #expect(account.username == "ann")
            #expect(account.roles == [.user])
        }
    }

    @Test func `passwords and tokens are in no log line`() async throws {
        let fixture = try Fixture()
        try await fixture.serve { client in
            _ = try await client.register("ann", password: "canary-password")
            let reply = try await client.logIn("ann", "canary-password")
            _ = try await client.refresh(try #require(reply.body["refreshToken"]?.string))
            for broken in [#"{"login":"ann","password":"canary-password""#, #"{"password":["canary-password"]}"#] {
                _ = try await client.send(.post, "/api/users/login", bytes: Array(broken.utf8))
            }
            _ = try await client.send(.get, "/api/users/me", authorization: "Bearer canary-password")
        }
        #expect(!fixture.logs.lines.isEmpty)
        #expect(!fixture.logs.lines.contains { $0.contains("canary") || $0.contains("eyJ") })
    }
}

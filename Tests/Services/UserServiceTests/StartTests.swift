import GRDB
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import user_service

@Suite struct StartTests {
    @Test func `without secrets nothing starts and every missing one is named`() {
        let error = #expect(throws: ConfigurationError.self) {
            let _: UserServiceConfiguration = try ServiceMain.read(environment: ["PASSWORD_COST": "99"])
        }
        #expect(
            error?.problems == [
                "DATABASE_URL is missing", "TOKEN_SIGNING_KEY_FILE is missing", "OPERATOR_PASSWORD_FILE is missing",
                "SERVICE_CREDENTIAL_FILE is missing", "PASSWORD_COST must be a whole number from 4 to 15",
            ])
    }

    @Test func `a common operator password is refused`() throws {
        let fixture = try Fixture()
        try fixture.directory.write("operator", "password123")
        let error = #expect(throws: ConfigurationError.self) {
            let _: UserServiceConfiguration = try ServiceMain.read(environment: fixture.environment)
        }
        #expect(error?.problems.count == 1)
    }

    @Test func `the operator is made once and follows the password file`() async throws {
        let fixture = try Fixture()
        let refresh = Holder<String>()
        try await fixture.serve { client in
            let reply = try await client.logIn("operator", Fixture.operatorPassword)
            #expect(reply.body["user"]?["roles"] == ["operator", "user"])
            #expect(reply.body["user"]?["email"] == "operator@localhost")
            refresh.value = reply.body["refreshToken"]?.string
        }
        try await fixture.serve { client in
            let reply = try await client.logIn("operator", Fixture.operatorPassword)
            #expect(reply.status == 200)
        }
        try fixture.directory.write("operator", "the operator's second password")
        try await fixture.serve { client in
            let old = try await client.logIn("operator", Fixture.operatorPassword)
            #expect(old.status == 401)
            #expect(try await client.logIn("operator", "the operator's second password").status == 200)
            #expect(try await client.refresh(try #require(refresh.value)).status == 401)
        }
        let messages = try fixture.logs.events().compactMap { $0["message"]?.string }
        #expect(
            messages.filter { $0.hasPrefix("operator") } == ["operator account created", "operator password changed"])
    }

    @Test func `a hash of another cost is renewed at the next login`() async throws {
        let fixture = try Fixture()
        try await fixture.add("ann", cost: 5)
        try await fixture.serve { client in
            for _ in 0..<2 {
                let reply = try await client.logIn("ann")
                #expect(reply.status == 200)
            }
        }
        let database = try fixture.database()
        let accounts = AccountStore(database: database, clock: .system)
        let hash = try #require(try await accounts.credentials(login: "ann")?.passwordHash)
        #expect(Bcrypt.cost(of: hash) == 4)
        try database.close()
    }

    @Test func `ten logins at once that would all renew a hash all succeed`() async throws {
        let fixture = try Fixture()
        try await fixture.add("ann", cost: 5)
        try await fixture.serve { client in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<10 { group.addTask { try await client.logIn("ann").status } }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [200: 10])
        }
    }

    @Test func `a full queue is a 503 over HTTP, and counts as nobody's wrong password`() async throws {
        let fixture = try Fixture()
        // The operator is hashed at the first start.
        try await fixture.serve { client in _ = try await client.register("ann") }
        let full = try await fixture.assemble(hashesAtOnce: 0)
        try await buildApplication(full.parts, in: full.runtime).test(.router) { client in
            for _ in 0..<20 {
                let reply = try await client.logIn("ann")
                #expect(reply.status == 503)
                #expect(reply.headers[.retryAfter] == "2")
                #expect(reply.body["type"] == "unavailable")
            }
            #expect(try await client.register("bob").status == 503)
        }
        try full.parts.close()
    }

    @Test func `a full queue is a 503 and not a longer wait`() async throws {
        let hasher = PasswordHasher(cost: 4, threads: 1, capacity: 0)
        let password = try #require(Password(Fixture.password))
        let error = await #expect(throws: PasswordHasher.Busy.self) { try await hasher.hash(password) }
        #expect(error?.problem.status == .serviceUnavailable)
        #expect(error?.problem.headers[.retryAfter] == "2")
        try await hasher.stop()
    }
}

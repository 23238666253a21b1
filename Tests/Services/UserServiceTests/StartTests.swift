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
        let configuration: UserServiceConfiguration = try ServiceMain.read(environment: fixture.environment)
        let database = try ServiceDatabase.open(
            path: configuration.database, durability: .normal, migrations: UserSchema.migrations)
        let accounts = AccountStore(database: database, clock: .system)
        let username = try #require(Username("ann"))
        let email = try #require(EmailAddress("ann@example.org"))
        _ = try await accounts.create(
            username: username, email: email, passwordHash: Bcrypt.hash(Fixture.password, cost: 5))
        try await fixture.serve { client in
            for _ in 0..<2 {
                let reply = try await client.logIn("ann")
                #expect(reply.status == 200)
            }
        }
        let hash = try #require(try await accounts.credentials(login: "ann")?.passwordHash)
        #expect(Bcrypt.cost(of: hash) == 4)
        try database.close()
    }

    @Test(arguments: [
        ("U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", true),
        ("U*U*", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", true),
        ("U*U*U", "$2b$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a", true),
        ("U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", false),
    ])
    func `hashes are the bcrypt everybody else computes`(password: String, hash: String, matches: Bool) throws {
        #expect(try Bcrypt.matches(password, hash: hash) == matches)
        #expect(try !Bcrypt.matches(password, hash: Bcrypt.unmatchable(cost: 4)))
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

import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import user_service

/// A user-service on a database of its own, with cheap password hashing.
final class Fixture: Sendable {
    static let operatorPassword = "the operator's first password"
    static let credential = "a-service-credential-for-tests-only-0123456"
    static let password = "correct horse battery"

    let directory: TemporaryDirectory
    let logs = LogCapture()
    let time = ManualClock()
    let instant = ManualInstant()
    private let cost: Int

    /// - Parameter cost: of password hashes; the least there is by default.
    init(cost: Int = 4) throws {
        self.cost = cost
        directory = try TemporaryDirectory()
        try directory.write("key", Base64URL.encode((1...32).map { UInt8($0 * 7) }))
        try directory.write("operator", Self.operatorPassword)
        try directory.write("credential", Self.credential + "\n")
    }

    var environment: [String: String] {
        [
            "DATABASE_URL": "sqlite:\(directory.path)/users.db", "TOKEN_SIGNING_KEY_FILE": "\(directory.path)/key",
            "OPERATOR_PASSWORD_FILE": "\(directory.path)/operator",
            "SERVICE_CREDENTIAL_FILE": "\(directory.path)/credential", "PASSWORD_COST": "\(cost)",
        ]
    }

    /// What the service's process would start with.
    func assemble(
        hashesAtOnce: Int = PasswordHasher.capacity
    ) async throws -> (parts: ServiceParts, runtime: ServiceRuntime) {
        let configuration: UserServiceConfiguration = try ServiceMain.read(environment: environment)
        let runtime = ServiceRuntime.test(logs: logs, clock: time.clock, now: { [instant] in instant.now })
        return (
            try await UserService.assemble(configuration, in: runtime, hashesAtOnce: hashesAtOnce), runtime
        )
    }

    /// The service's own database, which may be served at the same time. Whoever opens it closes it.
    func database() throws -> DatabasePool {
        let configuration: UserServiceConfiguration = try ServiceMain.read(environment: environment)
        return try ServiceDatabase.open(
            path: configuration.database, durability: .normal, migrations: UserSchema.migrations)
    }

    /// Somebody whose password was hashed at that cost.
    func add(_ username: String, cost: Int) async throws {
        let database = try database()
        let name = try #require(Username(username))
        let email = try #require(EmailAddress("\(username)@example.org"))
        _ = try await AccountStore(database: database, clock: .system)
            .create(username: name, email: email, passwordHash: Bcrypt.hash(Self.password, cost: cost))
        try database.close()
    }

    /// Starts the service, runs `test` against its real router, stops it.
    func serve(_ test: @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        try await serve { client, _ in try await test(client) }
    }

    /// The same, for a test that wants to know the routes as well.
    func serve(_ test: @Sendable (any TestClientProtocol, [Route]) async throws -> Void) async throws {
        var (parts, runtime) = try await assemble()
        let contract = Contract(parts.routes)
        parts.middlewares.append(contract.middleware)
        let routes = parts.routes
        try await buildApplication(parts, in: runtime).test(.router) { try await test($0, routes) }
        #expect(contract.violations == [])
        try parts.close()
    }
}

/// A fixture in one call.
func withUserService(_ test: @Sendable (any TestClientProtocol) async throws -> Void) async throws {
    try await Fixture().serve(test)
}

/// Somebody who has registered.
struct Person: Sendable {
    let id: String
    let authorization: String
}

extension TestClientProtocol {
    func register(_ username: String, email: String? = nil, password: String = Fixture.password) async throws
        -> TestReply
    {
        try await send(
            .post, "/api/users/register",
            [
                "username": .string(username), "email": .string(email ?? "\(username)@example.org"),
                "password": .string(password),
            ])
    }

    func logIn(_ login: String, _ password: String = Fixture.password) async throws -> TestReply {
        try await send(.post, "/api/users/login", ["login": .string(login), "password": .string(password)])
    }

    func person(_ username: String) async throws -> Person {
        let reply = try await register(username)
        return Person(
            id: try #require(reply.body["user"]?["id"]?.string),
            authorization: "Bearer \(try #require(reply.body["token"]?.string))")
    }

    func operatorAuthorization() async throws -> String {
        "Bearer \(try #require(try await logIn("operator", Fixture.operatorPassword).body["token"]?.string))"
    }

    func refresh(_ token: String) async throws -> TestReply {
        try await send(.post, "/api/users/refresh", ["refreshToken": .string(token)])
    }
}

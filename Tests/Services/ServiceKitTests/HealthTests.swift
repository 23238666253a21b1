import GRDB
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@Suite struct HealthTests {
    /// Another process's connection, which may keep a transaction open.
    private func otherConnection(to path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    @Test func `a database that somebody locked makes the service unready, not dead`() async throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/shop.db"
        let database = try ServiceDatabase.open(path: path, durability: .normal) { migrator in
            migrator.registerMigration("things") { try $0.execute(sql: "CREATE TABLE things (id INTEGER)") }
        }
        let other = try otherConnection(to: path)
        let logs = LogCapture()
        let parts = ServiceParts(routes: [], healthChecks: [.database(database, patience: .zero)])
        try await buildApplication(parts, in: .test(logs: logs)).test(.router) { client in
            #expect(try await client.send(.get, "/readyz").body == ["status": "OK"])
            #expect(try await client.send(.get, "/health").body["checks"]?["database"] == "OK")

            try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
            let ready = try await client.send(.get, "/readyz")
            #expect(ready.status == 503)
            #expect(ready.body == ["status": "FAIL", "failed": ["database"], "draining": false])
            let health = try await client.send(.get, "/health")
            #expect(health.status == 503)
            #expect(health.body["status"] == "FAIL")
            #expect(health.body["checks"]?["database"] == "FAIL")
            #expect(try await client.send(.get, "/livez").status == 200)

            try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
            #expect(try await client.send(.get, "/readyz").status == 200)
        }
        let warnings = try logs.events().filter { $0["message"] == "health check failed" }
        #expect(warnings.map { $0["check"] } == ["database", "database"])
        let patience = try await database.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA busy_timeout") }
        #expect(patience == 5000)
        try other.close()
        try database.close()
    }

    @Test func `a database that nobody can read fails the check too`() async throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/plain.db"
        // Without WAL a writer can keep readers out.
        let database = try DatabaseQueue(path: path)
        try await database.write { try $0.execute(sql: "CREATE TABLE things (id INTEGER)") }
        let other = try otherConnection(to: path)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN EXCLUSIVE") }
        await #expect(throws: DatabaseError.self) { _ = try await HealthCheck.database(database).probe() }
        try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        #expect(try await HealthCheck.database(database).probe() == "OK")
        try other.close()
        try database.close()
    }

    @Test func `a check that fails is named beside those that do not, and says nothing more`() async throws {
        struct Secretive: Error { let text = "amqp://shop:hunter2@broker" }
        let parts = ServiceParts(
            routes: [], healthChecks: [HealthCheck("database") {}, HealthCheck("broker") { throw Secretive() }])
        try await buildApplication(parts, in: .test()).test(.router) { client in
            let ready = try await client.send(.get, "/readyz")
            #expect(ready.body["failed"] == ["broker"])
            let health = try await client.send(.get, "/health")
            #expect(health.body["checks"]?["database"] == "OK")
            #expect(!(ready.text + health.text).contains("hunter2"))
            #expect(try await client.send(.get, "/livez").status == 200)
        }
    }
}

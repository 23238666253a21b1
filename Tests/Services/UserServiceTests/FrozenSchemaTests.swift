import Foundation
import GRDB
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import user_service

@Suite struct FrozenSchemaTests {
    private static let all = FrozenSchema.all()

    private var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        UserSchema.migrations(&migrator)
        return migrator
    }

    @Test func `no migration has changed since it was frozen, and every one is`() throws {
        #expect(try Self.all.map { try $0.migration() } == migrator.migrations)
        for frozen in Self.all {
            let migration = try #require(try frozen.migration())
            #expect(try frozen.differences(after: migrator, upTo: migration) == [])
        }
    }

    @Test(arguments: all)
    func `a database of any older version is brought up to date with all its rows`(frozen: FrozenSchema) async throws {
        let fixture = try Fixture()
        let path = "\(fixture.directory.path)/users.db"
        try frozen.thaw(at: path)
        let version = try #require(Int(frozen.description.prefix(1)))
        try await fixture.serve { client in
            let ann = try await client.logIn("ann")
            #expect(ann.status == 200)
            #expect(ann.body["user"]?["email"] == "Ann@example.org")
            #expect(ann.body["user"]?["profile"]?["bio"] == "Ann's the first.")
            let boss = try #require(try await client.logIn("boss").body["token"]?.string)
            let list = try await client.send(.get, "/api/users?limit=100", authorization: "Bearer \(boss)")
            let names = list.body["items"]?.array?.compactMap { $0["username"]?.string } ?? []
            #expect(Set(names) == ["Ann", "Ötzi", "boss", "operator"])
            let bios = list.body["items"]?.array?.compactMap { $0["profile"]?["bio"]?.string } ?? []
            #expect(bios.contains("Frozen.") == (version >= 3))
            #expect(try await client.refresh("token-of-ann").status == (version >= 2 ? 200 : 401))
            #expect(try await client.refresh("used-token-of-ann").status == 401)
            #expect(try await client.refresh("revoked-token-of-boss").status == 401)
        }
        let new = try DatabaseQueue()
        try migrator.migrate(new)
        let database = try DatabaseQueue(path: path)
        let damages = try await database.write { try $0.damages() }
        #expect(damages == [])
        let expected = try await new.read(FrozenSchema.statements)
        #expect(try await database.read(FrozenSchema.statements) == expected)
        try database.close()
    }
}

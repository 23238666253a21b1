import Foundation
import GRDB
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import product_service

@Suite struct FrozenSchemaTests {
    private static let all = FrozenSchema.all()

    private var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        ProductSchema.migrations(&migrator)
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
        let path = "\(fixture.directory.path)/products.db"
        try frozen.thaw(at: path)
        @Sendable func id(_ number: Int) -> String {
            "7f9d6a5e-0000-4000-8000-0000000000\(number < 10 ? "0" : "")\(number)"
        }
        let version = try #require(Int(frozen.description.prefix(1)))
        try await fixture.serve { shelf in
            let list = try await shelf.client.send(.get, "/api/products?limit=100").body["items"]?.array ?? []
            #expect(list.count == (version < 6 ? 3 : 4))
            for product in list {
                let id = try #require(product["id"]?.string)
                let movements = try await shelf.movements(of: id)
                #expect(movements.reduce(0) { $0 + ($1["delta"]?.integer ?? 0) } == product["stock"]?.integer)
            }
            let teapot = try await shelf.stock(of: id(1))
            #expect(teapot == [1: 10, 2: 5, 3: 5][version, default: 9])
            #expect(try await shelf.search("creme") == ["Crème brûlée dish"])
            if version >= 2 {
                #expect(try await shelf.tell("confirm", uuid(id(12)), of: id(1)).body["status"] == "confirmed")
                #expect(try await shelf.tell("release", uuid(id(11)), of: id(1)).body["status"] == "released")
                #expect(try await shelf.tell("confirm", uuid(id(13)), of: id(3)).status == 409)
                #expect(try await shelf.tell("confirm", uuid(id(14)), of: id(1)).status == 409)
                #expect(try await shelf.stock(of: id(1)) == (teapot ?? 0) + 3)
            }
        }
        try await expectSound(path)
    }

    private func uuid(_ text: String) throws -> UUID { try #require(UUID(uuidString: text)) }

    private func expectSound(_ path: String) async throws {
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

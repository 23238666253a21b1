import Foundation
import GRDB
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import order_service

@Suite struct FrozenSchemaTests {
    private static let all = FrozenSchema.all()

    private var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        OrderSchema.migrations(&migrator)
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
    func `a database of any older version is brought up to date, and its orders go on`(frozen: FrozenSchema)
        async throws
    {
        try await withShop(isPaid: true) { shop, _ in
            let path = "\(shop.directory.path)/orders.db"
            try frozen.thaw(at: path)
            let boss = try shop.buyer(roles: [.user, .operator])
            try await shop.serve { client in
                // What it wants to buy is not there; before it was frozen nobody had said so.
                #expect(await shop.diary.line("order rejected")?["orderId"] == "7f9d6a5e-0000-4000-8000-000000000004")
                _ = await shop.diary.line("order undone")
                let list = try await client.send(.get, "/api/orders?limit=100", authorization: boss.authorization)
                let items = list.body["items"]?.array ?? []
                let total: JSONValue = ["amount": 2999, "currency": "EUR"]
                #expect(items.map { $0["status"] } == ["confirmed", "rejected", "cancelled", "rejected"])
                #expect(items.map { $0["total"] } == [total, .null, total, .null])
                #expect(
                    items.map { $0["rejection"]?["type"] } == [nil, "insufficient-stock", nil, "unknown-product"])
                let id = "7f9d6a5e-0000-4000-8000-000000000001"
                #expect(try await client.cancel(id, by: boss).body["status"] == "cancelled")
            }
            // They were on account, and stay so.
            #expect(shop.ledger.calls == [])

            let new = try DatabaseQueue()
            try migrator.migrate(new)
            let database = try DatabaseQueue(path: path)
            let damages = try await database.write { try $0.damages() }
            #expect(damages == [])
            let expected = try await new.read(FrozenSchema.statements)
            #expect(try await database.read(FrozenSchema.statements) == expected)
            let sagas = try await database.read { database in
                try String.fetchAll(database, sql: "SELECT id FROM orders").map { id in
                    try SagaRows.find(#require(UUID(uuidString: id)), in: database)
                }
            }
            #expect(sagas.allSatisfy { $0?.phase == .finished && $0?.steps.count == 5 })
            try database.close()
        }
    }
}

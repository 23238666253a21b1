import Foundation
import GRDB
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import order_service
@testable import product_service

@Suite(.timeLimit(.minutes(2))) struct BackupTests {
    private static let rounds = 5

    @Test func `copies made while the shop is busy are sound, and the shop goes on from each`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 1000)
            let buyer = try shop.buyer()
            // Each while some orders are being placed and others undone.
            let script = Script { call, moment in
                guard call % 40 == 0, call <= 40 * Self.rounds, moment == .after else { return .none }
                do {
                    for name in ["orders", "products"] {
                        try DatabaseCopy.make(of: shop.path(name), at: shop.path("\(name)-\(call / 40)"))
                    }
                } catch {
                    Issue.record(error)
                }
                return .none
            }
            try await shop.serve(script) { client in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<4 {
                        group.addTask {
                            for number in 0..<16 {
                                let reply = try await client.order([(teapot, 1)], by: buyer)
                                #expect(reply.status == 201)
                                let id = try #require(reply.body["id"]?.string)
                                if number % 2 == 0 {
                                    #expect(try await client.cancel(id, by: buyer).status == 200)
                                }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            var counts: [Int] = []
            for round in 1...Self.rounds {
                counts.append(try await check(orders: shop.path("orders-\(round)")))
                try await check(products: shop.path("products-\(round)"), selling: teapot, in: shop)
            }
            #expect(counts == counts.sorted() && counts[0] > 1)
            // The shop as it was then, put in place as docs/shop.md says; what was unfinished goes on.
            for round in [1, Self.rounds] {
                for suffix in ["", "-wal", "-shm"]
                where FileManager.default.fileExists(atPath: shop.path("orders") + suffix) {
                    try FileManager.default.removeItem(atPath: shop.path("orders") + suffix)
                }
                try FileManager.default.copyItem(atPath: shop.path("orders-\(round)"), toPath: shop.path("orders"))
                try await shop.serve { client in
                    let list = try await client.send(.get, "/api/orders?limit=1", authorization: buyer.authorization)
                    #expect(list.body["items"]?.array?.count == 1)
                    #expect(try await client.order([(teapot, 1)], by: buyer).status == 201)
                }
                #expect(try await check(orders: shop.path("orders")) == counts[round - 1] + 1)
            }
        }
    }

    /// How many orders a sound copy holds: every confirmed one with all steps done, every undone one with none.
    private func check(orders path: String) async throws -> Int {
        let database = try DatabaseQueue(path: path)
        let (count, wrong) = try await database.write { database in
            #expect(try database.damages() == [])
            let wrong = try String.fetchAll(
                database,
                sql: """
                    SELECT id FROM orders WHERE
                        (status = 'confirmed' AND (phase <> 'finished' OR EXISTS
                            (SELECT * FROM saga_steps WHERE order_id = id AND state <> 'done')))
                        OR (status = 'cancelled' AND phase = 'finished' AND EXISTS
                            (SELECT * FROM saga_steps WHERE order_id = id AND state = 'done' AND kind <> 'check-buyer'))
                        OR (SELECT COUNT(*) FROM order_lines WHERE order_id = id) <> 1
                        OR (SELECT COUNT(*) FROM saga_steps WHERE order_id = id) <> 3
                    """)
            return (try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM orders") ?? 0, wrong)
        }
        #expect(wrong == [])
        try database.close()
        return count
    }

    private func check(products path: String, selling product: String, in shop: Shop) async throws {
        let database = try DatabaseQueue(path: path)
        let pieces = try await database.write { database in
            #expect(try database.damages() == [])
            return try Int.fetchAll(
                database,
                sql: """
                    SELECT SUM(stock) FROM products UNION ALL SELECT SUM(delta) FROM stock_movements UNION ALL
                    SELECT 1000 - COALESCE(SUM(quantity), 0) FROM reservations WHERE status IN ('held', 'confirmed')
                    """)
        }
        #expect(Set(pieces).count == 1)
        try database.close()
        let configuration: ProductServiceConfiguration = try ServiceMain.read(environment: [
            "DATABASE_URL": "sqlite:\(path)", "USER_SERVICE_URL": "http://127.0.0.1:1",
            "SERVICE_CREDENTIAL_FILE": "\(shop.directory.path)/credential",
        ])
        let runtime = ServiceRuntime.test()
        let parts = try await ProductService.assemble(configuration, in: runtime, keys: .fixed(shop.mint.keySet))
        try await buildApplication(parts, in: runtime).test(.router) { client in
            let reply = try await client.send(.get, "/api/products/\(product)")
            #expect(reply.body["stock"]?.integer == pieces.first.map(Int64.init))
        }
        try parts.close()
    }

    @Test func `the service's own command makes a copy, and says why there is none`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            let copy = shop.path("copy")
            @Sendable func run(_ words: String..., url: String? = nil) throws -> (status: Int32, output: String) {
                let environment = ["DATABASE_URL": url ?? "sqlite:\(shop.path("orders"))"]
                return try ServiceProcess("order-service", arguments: words, environment: environment).wait()
            }
            try await shop.serve { client in
                let reply = try await client.order([(teapot, 1)], by: buyer)
                #expect(reply.status == 201)
                let made = try run("backup", copy)
                #expect(made.status == 0)
            }
            #expect(try await check(orders: copy) == 1)
            let again = try run("backup", copy)
            #expect(again.status == 1)
            #expect(again.output == "there is a file \(copy) already\n")
            #expect(try run("backup", copy, url: "orders.db").output == "DATABASE_URL must be sqlite:PATH\n")
            #expect(try run("backup", copy, url: "orders.db").status == 78)
            #expect(try run("backup").status == 64)
            #expect(try run("restore", copy).output.hasPrefix("usage: order-service"))
        }
    }
}

extension Shop {
    /// The file of a database.
    fileprivate func path(_ name: String) -> String { "\(directory.path)/\(name).db" }
}

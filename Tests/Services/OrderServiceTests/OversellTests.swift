import Foundation
import GRDB
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Synchronization
import Testing

@testable import order_service

@Suite(.timeLimit(.minutes(5))) struct OversellTests {
    @Test func `of five hundred buyers who order at once a hundred get the hundred pieces there are`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 100)
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            let products = try DatabaseQueue(
                path: "\(shop.directory.path)/products.db", configuration: configuration)
            let sums = Mutex<[Int]>([])
            // The stock is looked at before and after everything that anybody asks of it, beside all others.
            let script = Script { _, _ in
                do {
                    let sum = try await products.read(Self.pieces)
                    sums.withLock { $0.append(sum) }
                } catch {
                    Issue.record(error)
                }
                return .none
            }
            var policy = SagaPolicy()
            // So that every answer is the last word.
            policy.patience = .seconds(240)
            try await shop.serve(script, policy: policy) { client in
                let replies = try await withThrowingTaskGroup(of: TestReply.self) { group in
                    for _ in 0..<500 {
                        let buyer = try shop.buyer()
                        group.addTask { try await client.order([(teapot, 1)], by: buyer) }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                let confirmed = replies.filter { $0.status == 201 && $0.body["status"] == "confirmed" }
                let rejected = replies.filter { $0.status == 409 && $0.body["type"] == "insufficient-stock" }
                #expect(confirmed.count == 100)
                #expect(rejected.count == 400)
                #expect(Set(confirmed.compactMap { $0.body["userId"]?.string }).count == 100)
                let boss = try shop.buyer(roles: [.user, .operator])
                for (status, count) in ["confirmed": 100, "rejected": 400, "pending": 0] {
                    #expect(try await client.count(of: status, by: boss) == count)
                }
            }
            #expect(try await shelf.stock(teapot) == [0])
            #expect(sums.withLock(\.count) >= 2 * (500 + 500 + 100))
            #expect(sums.withLock { Set($0) } == [100])
            try products.close()
        }
    }

    /// Those in the stock, those held and those sold.
    private static func pieces(_ database: Database) throws -> Int {
        try Int.fetchOne(
            database,
            sql: """
                SELECT (SELECT SUM(stock) FROM products)
                    + (SELECT COALESCE(SUM(quantity), 0) FROM reservations WHERE status IN ('held', 'confirmed'))
                """) ?? 0
    }
}

extension TestClientProtocol {
    /// How many orders are in that state.
    fileprivate func count(of status: String, by buyer: Buyer) async throws -> Int {
        var count = 0
        var cursor = ""
        repeat {
            let page = try await send(
                .get, "/api/orders?limit=100&status=\(status)\(cursor)", authorization: buyer.authorization
            ).body
            count += page["items"]?.array?.count ?? 0
            cursor = page["nextCursor"]?.string.map { "&cursor=\($0)" } ?? ""
        } while !cursor.isEmpty
        return count
    }
}

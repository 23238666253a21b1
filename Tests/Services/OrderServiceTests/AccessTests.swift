import Foundation
import HTTPTypes
import ServiceKit
import ServiceTestSupport
import Testing

@Suite struct AccessTests {
    @Test func `every route lets in whom the table names and nobody else`() async throws {
        try await withShop { shop, shelf in
            let (owner, other) = (try shop.buyer(), try shop.buyer())
            let manager = try shop.buyer(roles: [.user, .operator])
            let teapot = try await shelf.offer("Teapot", stock: 10)
            try await shop.serve { client, routes in
                let placed = try await client.order([(teapot, 1)], by: owner)
                let order = try #require(placed.body["id"]?.string)
                let matrix = AccessMatrix([
                    // nobody, owner, other, operator, service
                    "POST /api/orders": "401 422 422 422 403",
                    "GET /api/orders": "401 200 200 200 403",
                    "GET /api/orders/:id": "401 200 404 200 403",
                    "POST /api/orders/:id/cancel": "401 200 404 200 403",
                ]) {
                    $0.replacing(":id", with: order)
                } authorization: { caller in
                    switch caller {
                    case .nobody: nil
                    case .owner: owner.authorization
                    case .other: other.authorization
                    case .operator: manager.authorization
                    case .service: "Service \(TokenMint.credential)"
                    }
                }
                let findings = try await matrix.findings(routes, client)
                #expect(findings == [])
            }
        }
    }

    @Test func `orders are listed by state`() async throws {
        try await withShop { shop, shelf in
            let buyer = try shop.buyer()
            let teapot = try await shelf.offer("Teapot", stock: 10)
            try await shop.serve { client in
                let first = try #require(try await client.order([(teapot, 1)], by: buyer).body["id"]?.string)
                let second = try #require(try await client.order([(teapot, 1)], by: buyer).body["id"]?.string)
                _ = try await client.cancel(first, by: buyer)
                func ids(_ status: String) async throws -> [String] {
                    let list = try await client.send(
                        .get, "/api/orders?status=\(status)", authorization: buyer.authorization)
                    return list.body["items"]?.array?.compactMap { $0["id"]?.string } ?? ["status \(list.status)"]
                }
                #expect(try await ids("cancelled") == [first])
                #expect(try await ids("confirmed") == [second])
                #expect(try await ids("pending") == [])
                #expect(try await ids("lost") == ["status 400"])
            }
        }
    }
}

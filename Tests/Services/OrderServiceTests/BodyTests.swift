import Foundation
import HTTPTypes
import HummingbirdTesting
import References
import ServiceKit
import ServiceTestSupport
import Testing

@Suite struct BodyTests {
    private func withSweep(
        _ test: @Sendable (BodySweep, Buyer, _ order: String, any TestClientProtocol) async throws -> Void
    ) async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            try await shop.serve { client, routes in
                let order = try #require(try await client.order([(teapot, 2)], by: buyer).body["id"]?.string)
                let sweep = BodySweep(routes) {
                    $0.replacing(":id", with: order)
                } authorization: { _ in
                    buyer.authorization
                }
                try await test(sweep, buyer, order, client)
            }
            #expect(try await shelf.stock(teapot) == [3])
        }
    }

    @Test func `what is no JSON is a 400 at every route that takes a body`() async throws {
        try await withSweep { sweep, _, _, client in
            #expect(sweep.names == ["POST /api/orders"])
            let findings = try await sweep.malformed(client)
            #expect(findings == [])
        }
    }

    @Test(.needs(.jsonTestSuite)) func `what is no JSON for the public suite is a 400 there too`() async throws {
        let suite = try JSONTestSuite()
        try await withSweep { sweep, _, _, client in
            let findings = try await sweep.malformed(client, of: suite)
            #expect(findings == [])
        }
    }

    @Test func `a member too many is a 422 and changes nothing`() async throws {
        try await withSweep { sweep, buyer, order, client in
            let before = try await client.order(order, for: buyer)
            let findings = try await sweep.unknownMembers(client)
            #expect(findings == [])
            #expect(try await client.order(order, for: buyer).text == before.text)
            let orders = try await client.send(.get, "/api/orders", authorization: buyer.authorization)
            #expect(orders.body["items"]?.array?.count == 1)
        }
    }

    @Test func `a product that is named again is told where`() async throws {
        try await withShop { shop, shelf in
            let teapot = try await shelf.offer("Teapot", stock: 5)
            let buyer = try shop.buyer()
            try await shop.serve { client in
                let products = [teapot, UUID().text, teapot.uppercased()]
                let reply = try await client.order(products.map { ($0, 1) }, by: buyer)
                #expect(reply.status == 422)
                #expect(reply.body["errors"]?.array?.map { $0["pointer"]?.string } == ["/items/2/productId"])
            }
        }
    }

    @Test(.needs(.openAPIValidator)) func `a public validator finds nothing wrong with the document`() async throws {
        try await withShop { shop, _ in
            try await shop.serve { client in
                let document = try await client.send(.get, "/openapi.json").body
                #expect(try PublicValidator.complaint(about: document) == nil)
            }
        }
    }
}

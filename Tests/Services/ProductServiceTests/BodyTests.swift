import HTTPTypes
import References
import ServiceKit
import ServiceTestSupport
import Testing

@Suite struct BodyTests {
    private func withSweep(_ test: @Sendable (BodySweep, _ product: String, Shelf) async throws -> Void) async throws {
        try await Fixture().serve { shelf, routes in
            let product = try await shelf.offer()
            let sweep = BodySweep(routes) {
                $0.replacing(":id", with: product)
            } authorization: { route in
                route.access == .service ? Shelf.service : shelf.operatorAuthorization
            }
            try await test(sweep, product, shelf)
        }
    }

    @Test func `what is no JSON is a 400 at every route that takes a body`() async throws {
        try await withSweep { sweep, _, shelf in
            #expect(
                sweep.names == [
                    "POST /api/products", "POST /api/products/:id/reservations",
                    "POST /api/products/:id/stock-movements", "PUT /api/products/:id",
                ])
            let findings = try await sweep.malformed(shelf.client)
            #expect(findings == [])
        }
    }

    @Test(.needs(.jsonTestSuite)) func `what is no JSON for the public suite is a 400 there too`() async throws {
        let suite = try JSONTestSuite()
        try await withSweep { sweep, _, shelf in
            let findings = try await sweep.malformed(shelf.client, of: suite)
            #expect(findings == [])
        }
    }

    @Test func `a member too many is a 422 at every route and changes nothing`() async throws {
        try await withSweep { sweep, product, shelf in
            let before = try await shelf.client.send(.get, "/api/products/\(product)")
            let findings = try await sweep.unknownMembers(shelf.client)
            #expect(findings == [])
            let after = try await shelf.client.send(.get, "/api/products/\(product)")
            #expect(after.text == before.text)
            #expect(after.headers[.eTag] == before.headers[.eTag])
            #expect(try await shelf.movements(of: product).count == 1)
            #expect(try await shelf.names("").count == 1)
        }
    }

    @Test(.needs(.openAPIValidator)) func `a public validator finds nothing wrong with the document`() async throws {
        try await withProductService { shelf in
            let document = try await shelf.client.send(.get, "/openapi.json").body
            #expect(try PublicValidator.complaint(about: document) == nil)
        }
    }

    @Test func `a body that is compressed is not taken, and who does not take JSON gets none`() async throws {
        try await withProductService { shelf in
            let offer: JSONValue = ["name": "x", "price": ["amount": 1, "currency": "EUR"], "stock": 1]
            func status(_ headers: HTTPFields) async throws -> Int {
                try await shelf.client.send(
                    .post, "/api/products", offer, authorization: shelf.operatorAuthorization, headers: headers
                ).status
            }
            let compressed = try await status([.contentEncoding: "gzip"])
            let unacceptable = try await status([.accept: "text/html"])
            #expect([compressed, unacceptable] == [415, 406])
            #expect(try await shelf.names("").isEmpty)
            #expect(try await status([.contentEncoding: "identity", .accept: "text/html, */*;q=0.1"]) == 201)
        }
    }
}

import Foundation
import ServiceKit
import ServiceTestSupport
import Testing

@Suite struct AccessTests {
    @Test func `every route lets in whom the table names and nobody else`() async throws {
        let fixture = try Fixture()
        let customer = "Bearer \(try fixture.mint.token())"
        try await fixture.serve { shelf, routes in
            let product = try await shelf.offer()
            let reservation = UUID().text
            let matrix = AccessMatrix([
                // nobody, owner, other, operator, service
                "GET /api/products": "200 200 200 200 200",
                "POST /api/products": "401 403 403 422 403",
                "GET /api/products/:id": "200 200 200 200 200",
                "PUT /api/products/:id": "401 403 403 428 403",
                "POST /api/products/:id/stock-movements": "401 403 403 422 403",
                "GET /api/products/:id/stock-movements": "401 403 403 200 403",
                "POST /api/products/:id/reservations": "401 403 403 403 422",
                "POST /api/products/:id/reservations/:reservationId/confirm": "401 403 403 403 404",
                "POST /api/products/:id/reservations/:reservationId/release": "401 403 403 403 200",
                "POST /api/products/:id/reservations/:reservationId/return": "401 403 403 403 200",
            ]) {
                $0.replacing(":id", with: product).replacing(":reservationId", with: reservation)
            } authorization: { caller in
                switch caller {
                case .nobody: nil
                // Products belong to the shop, so these two are the same to them.
                case .owner, .other: customer
                case .operator: shelf.operatorAuthorization
                case .service: Shelf.service
                }
            }
            let findings = try await matrix.findings(routes, shelf.client)
            #expect(findings == [])
        }
    }
}

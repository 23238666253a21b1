import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import api_gateway

@Suite struct DocumentTests {
    @Test func `the shop's document has each service's routes, and says whose are missing`() async throws {
        let part = OpenAPIDocument(
            title: "users",
            routes: [
                .get("/api/users", access: .operator) { _, _ in .noContent }
                    .described(Operation("Lists accounts", answers: [.noContent: nil]))
            ]
        ).json
        try await withGateway { request, _ in
            #expect(request.uri.path == "/openapi.json")
            return .json(.ok, part)
        } _: { client, _ in
            let reply = try await client.send(.get, "/openapi.json")
            #expect(reply.status == 200)
            #expect(reply.body["paths"] == part["paths"])
            #expect(reply.body["info"]?["title"] == "shop")
            #expect(reply.body["x-missing"] == ["product-service", "order-service"])
        }
    }
}

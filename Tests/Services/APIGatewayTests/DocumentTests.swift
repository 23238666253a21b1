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
        let routes: [Route] = [
            .get("/api/users", access: .anyone) { _, _ in .noContent }
                .described(Operation("Lists accounts", answers: [.noContent: nil]))
        ]
        try await buildApplication(ServiceParts(routes: routes), in: .test()).test(.live) { upstream in
            let fixture = try Fixture()
            try fixture.publish([.users: [try #require(upstream.port)]])
            try await fixture.serve { client in
                let reply = try await client.send(.get, "/openapi.json")
                #expect(reply.status == 200)
                #expect(reply.body["paths"] == OpenAPIDocument(title: "users", routes: routes).json["paths"])
                #expect(reply.body["info"]?["title"] == "shop")
                #expect(reply.body["x-missing"] == ["product-service", "order-service"])
                #expect(try await client.send(.get, "/internal/revocations/0").status == 404)
            }
        }
    }
}

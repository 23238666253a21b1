import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import References
import ServiceKit
import ServiceTestSupport
import Testing

@testable import api_gateway
@testable import order_service
@testable import product_service
@testable import user_service

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

    @Test func `a service that is given a rest is not asked for its part`() async throws {
        let failing: Route.Handler = { _, _ in .json(.internalServerError, "x") }
        try await withGateway(["BREAKER_MINIMUM_CALLS": "2"], before: failing) { client, fixture in
            for status in [500, 500, 503] {
                let reply = try await client.send(.get, "/api/users")
                #expect(reply.status == status)
            }
            let rest = try await client.send(.get, "/openapi.json")
            #expect(rest.body["x-missing"] == ["user-service", "product-service", "order-service"])
            fixture.time.advance(by: .seconds(1))
            let kept = try await client.send(.get, "/openapi.json")
            #expect(kept.body["x-missing"] == rest.body["x-missing"], "an answer is good for two seconds")
            fixture.time.advance(by: .seconds(1))
            let again = try await client.send(.get, "/openapi.json")
            #expect(again.body["x-missing"] == ["product-service", "order-service"])
        }
    }

    @Test(.needs(.openAPIValidator)) func `a public validator finds nothing wrong with the whole shop's document`()
        async throws
    {
        let fixture = try Fixture()
        let services = try await RealServices(files: fixture.directory)
        try await buildApplication(services.users, in: .test()).test(.live) { users in
            try await buildApplication(services.products, in: .test()).test(.live) { products in
                try await buildApplication(services.orders, in: .test()).test(.live) { orders in
                    try fixture.publish([
                        .users: [try #require(users.port)], .products: [try #require(products.port)],
                        .orders: [try #require(orders.port)],
                    ])
                    try await fixture.serve { client in
                        let document = try await client.send(.get, "/openapi.json").body
                        #expect(document["x-missing"] == nil)
                        for path in ["/api/users/me", "/api/products/{id}", "/api/orders/{id}/cancel"] {
                            #expect(document["paths"]?[path] != nil)
                        }
                        #expect(try PublicValidator.complaint(about: document) == nil)
                    }
                }
            }
        }
        for parts in [services.users, services.products, services.orders] { try parts.close() }
    }
}

/// The three services behind the gateway, with files of their own and neighbours that nobody needs here.
private struct RealServices {
    let users: ServiceParts
    let products: ServiceParts
    let orders: ServiceParts

    init(files: TemporaryDirectory) async throws {
        try files.write("key", Base64URL.encode((1...32).map { UInt8($0 * 7) }))
        try files.write("operator", "the operator's first password")
        try files.write("credential", TokenMint.credential)
        func environment(_ name: String) -> [String: String] {
            ["DATABASE_URL": "sqlite:\(files.path)/\(name).db", "SERVICE_CREDENTIAL_FILE": "\(files.path)/credential"]
        }
        let nobody = "http://127.0.0.1:1"
        let secrets = [
            "TOKEN_SIGNING_KEY_FILE": "\(files.path)/key", "OPERATOR_PASSWORD_FILE": "\(files.path)/operator",
            "PASSWORD_COST": "4",
        ]
        users = try await UserService.assemble(
            ServiceMain.read(environment: environment("users").merging(secrets) { $1 }), in: .test())
        products = try await ProductService.assemble(
            ServiceMain.read(environment: environment("products").merging(["USER_SERVICE_URL": nobody]) { $1 }),
            in: .test())
        let neighbours = ["USER_SERVICE_URL": nobody, "PRODUCT_SERVICE_URL": nobody]
        orders = try await OrderService.assemble(
            ServiceMain.read(environment: environment("orders").merging(neighbours) { $1 }), in: .test())
    }
}

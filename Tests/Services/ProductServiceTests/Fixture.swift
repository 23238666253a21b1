import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import product_service

/// A product-service on a database of its own.
final class Fixture: Sendable {
    let directory: TemporaryDirectory
    let mint = TokenMint()
    let logs = LogCapture()
    let time = ManualClock()
    let rounds = SweeperRounds()
    /// The account that every operator's token is for.
    let operatorID = UUID()

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write("credential", TokenMint.credential)
    }

    var environment: [String: String] {
        [
            "DATABASE_URL": "sqlite:\(directory.path)/products.db", "USER_SERVICE_URL": "http://127.0.0.1:1",
            "SERVICE_CREDENTIAL_FILE": "\(directory.path)/credential",
        ]
    }

    func operatorAuthorization() throws -> String {
        "Bearer \(try mint.token(for: operatorID, username: "operator", roles: [.user, .operator]))"
    }

    /// What the service's process would start with.
    func assemble() async throws -> (parts: ServiceParts, runtime: ServiceRuntime) {
        let configuration: ProductServiceConfiguration = try ServiceMain.read(environment: environment)
        let runtime = ServiceRuntime.test(logs: logs, clock: time.clock)
        let parts = try await ProductService.assemble(
            configuration, in: runtime, keys: .fixed(mint.keySet), pause: rounds.pause)
        return (parts, runtime)
    }

    /// Starts the service, runs `test` against its real router, stops it.
    func serve(_ test: @Sendable (Shelf) async throws -> Void) async throws {
        try await serve { shelf, _ in try await test(shelf) }
    }

    /// The same, for a test that wants to know the routes as well.
    func serve(_ test: @Sendable (Shelf, [Route]) async throws -> Void) async throws {
        var (parts, runtime) = try await assemble()
        let authorization = try operatorAuthorization()
        let contract = Contract(parts.routes)
        parts.middlewares.append(contract.middleware)
        let routes = parts.routes
        try await buildApplication(parts, in: runtime).test(.router) { client in
            try await test(Shelf(client: client, operatorAuthorization: authorization), routes)
        }
        #expect(contract.violations == [])
        try parts.close()
    }
}

/// A fixture in one call.
func withProductService(_ test: @Sendable (Shelf) async throws -> Void) async throws {
    try await Fixture().serve(test)
}

/// The service, as an operator and as another service see it.
struct Shelf: Sendable {
    let client: any TestClientProtocol
    let operatorAuthorization: String

    static let service = "Service \(TokenMint.credential)"

    /// Puts a product on the shelf and gives its id.
    func offer(
        _ name: String = "Teapot", _ description: String = "", stock: Int = 10,
        price: JSONValue = ["amount": 1999, "currency": "EUR"]
    ) async throws -> String {
        let reply = try await client.send(
            .post, "/api/products",
            [
                "name": .string(name), "description": .string(description), "price": price,
                "stock": .integer(Int64(stock)),
            ],
            authorization: operatorAuthorization)
        return try #require(reply.body["id"]?.string)
    }

    /// The names of the products that a query lists, such as `q=tea&sort=name`.
    func names(_ query: String) async throws -> [String] {
        try await items("/api/products?\(query)").compactMap { $0["name"]?.string }
    }

    /// The names of the products that a text finds.
    func search(_ text: String) async throws -> [String] {
        try await names("sort=name&q=\(text.inQuery)")
    }

    func stock(of product: String) async throws -> Int64? {
        try await client.send(.get, "/api/products/\(product)").body["stock"]?.integer
    }

    /// Changes a product as somebody who has seen `tag`; by default as somebody who does not care.
    func change(_ product: String, _ change: JSONValue, seen tag: String = "*") async throws -> TestReply {
        try await client.send(
            .put, "/api/products/\(product)", change, authorization: operatorAuthorization, headers: [.ifMatch: tag])
    }

    /// The product's entity tag.
    func tag(of product: String) async throws -> String {
        try #require(try await client.send(.get, "/api/products/\(product)").headers[.eTag])
    }

    /// An operator's movement.
    func move(_ delta: Int, _ reason: String = "received", of product: String, key: String? = nil) async throws
        -> TestReply
    {
        try await client.send(
            .post, "/api/products/\(product)/stock-movements",
            ["delta": .integer(Int64(delta)), "reason": .string(reason)], authorization: operatorAuthorization,
            headers: key.map { [.idempotencyKey: $0] } ?? [:])
    }

    /// All movements of a product, newest first.
    func movements(of product: String) async throws -> [JSONValue] {
        try await items("/api/products/\(product)/stock-movements?limit=25")
    }

    /// What all pages of a list have, one after the other.
    /// - Parameter meanwhile: done between one page and the next.
    func items(_ list: String, meanwhile: (Int) async throws -> Void = { _ in }) async throws -> [JSONValue] {
        var items: [JSONValue] = []
        var (next, number) = ("", 0)
        repeat {
            let page = try await client.send(.get, list + next, authorization: operatorAuthorization)
            try #require(page.status == 200, "\(page.body)")
            items += page.body["items"]?.array ?? []
            next = page.body["nextCursor"]?.string.map { "&cursor=\($0)" } ?? ""
            if !next.isEmpty { try await meanwhile(number) }
            number += 1
        } while !next.isEmpty
        return items
    }

    func reserve(_ quantity: Int, of product: String, as id: UUID = UUID(), for order: UUID = UUID()) async throws
        -> TestReply
    {
        try await client.send(
            .post, "/api/products/\(product)/reservations",
            [
                "reservationId": .string(id.text), "quantity": .integer(Int64(quantity)),
                "orderId": .string(order.text),
            ],
            authorization: Self.service)
    }

    /// `confirm`, `release` or `return`.
    func tell(_ verb: String, _ id: UUID, of product: String) async throws -> TestReply {
        try await client.send(
            .post, "/api/products/\(product)/reservations/\(id.text)/\(verb)", authorization: Self.service)
    }
}

extension String {
    /// As a value in a query.
    var inQuery: String { utf8.map { "%\($0 < 16 ? "0" : "")\(String($0, radix: 16))" }.joined() }
}

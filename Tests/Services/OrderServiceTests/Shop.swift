import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import ServiceTestSupport
import Testing

@testable import order_service
@testable import product_service

/// A real product-service and a stand-in for the user-service behind one port, and the files of an order-service that
/// is started and stopped as often as a test likes.
final class Shop: Sendable {
    static let strangeBuyer = UUID()

    let directory: TemporaryDirectory
    let mint = TokenMint()
    let diary = Diary()
    let time = ManualClock()
    let ledger: Ledger
    /// Whether orders are paid for, at the ledger.
    let isPaid: Bool
    /// The neighbours' port.
    let port: Int

    fileprivate init(directory: TemporaryDirectory, ledger: Ledger, isPaid: Bool, port: Int) {
        self.directory = directory
        self.ledger = ledger
        self.isPaid = isPaid
        self.port = port
    }

    func environment(isPaid: Bool) -> [String: String] {
        var environment = [
            "DATABASE_URL": "sqlite:\(directory.path)/orders.db", "USER_SERVICE_URL": "http://127.0.0.1:\(port)",
            "PRODUCT_SERVICE_URL": "http://127.0.0.1:\(port)",
            "SERVICE_CREDENTIAL_FILE": "\(directory.path)/credential",
        ]
        if isPaid {
            environment["PAYMENT_URL"] = "http://127.0.0.1:\(port)"
            environment["PAYMENT_CREDENTIAL_FILE"] = "\(directory.path)/payments"
        }
        return environment
    }

    /// Pauses between tries are skipped, the search for unfinished orders happens once at the start, and requests wait
    /// for their saga however long it takes.
    static func policy(patience: Duration = .seconds(60)) -> SagaPolicy {
        var policy = SagaPolicy()
        policy.patience = patience
        policy.delay = { _ in .zero }
        policy.pause = { duration in
            guard duration > .zero else { return }
            await Grave.stay()
            throw CancellationError()
        }
        return policy
    }

    /// The same, with no patience for a payment provider that is silent.
    static func impatient() -> SagaPolicy {
        var policy = policy()
        policy.payment = .milliseconds(300)
        return policy
    }

    /// The same, where a step that came to nothing is not tried again in this life.
    static func onceOnly() -> SagaPolicy {
        var policy = policy(patience: .zero)
        policy.delay = { _ in .seconds(1) }
        return policy
    }

    /// One life of the order-service, over the router.
    func serve(
        _ script: Script = Script(), policy: SagaPolicy = Shop.policy(), instance: String = "order-service.1",
        isPaid: Bool? = nil, _ test: @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        try await serve(script, policy: policy, instance: instance, isPaid: isPaid) { client, _ in
            try await test(client)
        }
    }

    /// The same, for a test that wants to know the routes as well.
    func serve(
        _ script: Script = Script(), policy: SagaPolicy = Shop.policy(), instance: String = "order-service.1",
        isPaid: Bool? = nil, _ test: @Sendable (any TestClientProtocol, [Route]) async throws -> Void
    ) async throws {
        let configuration: OrderServiceConfiguration = try ServiceMain.read(
            environment: environment(isPaid: isPaid ?? self.isPaid))
        let runtime = diary.runtime(instance: instance, clock: time.clock)
        var parts = try await OrderService.assemble(
            configuration, in: runtime, keys: .fixed(mint.keySet), policy: policy, around: script.around)
        let contract = Contract(parts.routes)
        parts.middlewares.append(contract.middleware)
        let routes = parts.routes
        try await buildApplication(parts, in: runtime).test(.router) { try await test($0, routes) }
        #expect(contract.violations == [])
        try parts.close()
    }

    func buyer(_ id: UUID = UUID(), roles: Set<Principal.Role> = [.user]) throws -> Buyer {
        Buyer(id: id, authorization: "Bearer \(try mint.token(for: id, roles: roles))")
    }
}

/// Somebody with a token.
struct Buyer: Sendable {
    let id: UUID
    let authorization: String
}

/// The product-service, for what orders do to it.
struct Shelf: Sendable {
    let client: any TestClientProtocol
    let operatorAuthorization: String

    func offer(_ name: String, stock: Int, amount: Int64 = 250, currency: String = "EUR") async throws -> String {
        let reply = try await client.send(
            .post, "/api/products",
            [
                "name": .string(name), "price": ["amount": .integer(amount), "currency": .string(currency)],
                "stock": .integer(Int64(stock)),
            ],
            authorization: operatorAuthorization)
        return try #require(reply.body["id"]?.string)
    }

    func stock(_ products: String...) async throws -> [Int64] {
        var result: [Int64] = []
        for product in products {
            let reply = try await client.send(.get, "/api/products/\(product)")
            result.append(try #require(reply.body["stock"]?.integer))
        }
        return result
    }
}

/// Runs `test` beside living neighbours.
///
/// - Parameter isPaid: a payment provider is among them.
func withShop(isPaid: Bool = false, _ test: @Sendable (Shop, Shelf) async throws -> Void) async throws {
    let directory = try TemporaryDirectory()
    try directory.write("credential", TokenMint.credential)
    try directory.write("payments", Ledger.credential)
    let ledger = Ledger()
    let mint = TokenMint()
    let configuration: ProductServiceConfiguration = try ServiceMain.read(environment: [
        "DATABASE_URL": "sqlite:\(directory.path)/products.db", "USER_SERVICE_URL": "http://127.0.0.1:1",
        "SERVICE_CREDENTIAL_FILE": "\(directory.path)/credential",
    ])
    let runtime = ServiceRuntime.test()
    var parts = try await ProductService.assemble(configuration, in: runtime, keys: .fixed(mint.keySet))
    parts.routes.append(
        .get("/api/users/:id", access: .service) { _, context in
            let id = try context.uuid("id")
            guard id != Shop.strangeBuyer else { throw Problem.notFound }
            return .json(.ok, ["id": .string(id.text)])
        })
    parts.routes += ledger.routes
    let authorization = "Bearer \(try mint.token(roles: [.user, .operator]))"
    try await buildApplication(parts, in: runtime).test(.live) { client in
        let port = try #require(client.port)
        let shop = Shop(directory: directory, ledger: ledger, isPaid: isPaid, port: port)
        defer { ledger.close() }
        try await test(shop, Shelf(client: client, operatorAuthorization: authorization))
    }
    try parts.close()
}

extension TestClientProtocol {
    func order(
        _ items: [(String, Int64)], by buyer: Buyer, key: String? = nil, headers: HTTPFields = [:]
    ) async throws -> TestReply {
        var headers = headers
        if let key { headers[.idempotencyKey] = key }
        let list = items.map { ["productId": .string($0.0), "quantity": .integer($0.1)] as JSONValue }
        return try await send(
            .post, "/api/orders", ["items": .array(list)], authorization: buyer.authorization, headers: headers)
    }

    func cancel(_ order: String, by buyer: Buyer) async throws -> TestReply {
        try await send(.post, "/api/orders/\(order)/cancel", authorization: buyer.authorization)
    }

    func order(_ id: String, for buyer: Buyer) async throws -> TestReply {
        try await send(.get, "/api/orders/\(id)", authorization: buyer.authorization)
    }
}

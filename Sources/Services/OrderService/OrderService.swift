import GRDB
import ServiceKit

/// The composition of the service: the only place where its parts are made and joined.
enum OrderService {
    /// - Parameters:
    ///   - keys: what verifies access tokens; the user-service's published keys unless a test brings its own.
    ///   - around: what a test puts between the sagas and their neighbours.
    static func assemble(
        _ configuration: OrderServiceConfiguration, in runtime: ServiceRuntime, keys: KeySource? = nil,
        policy: SagaPolicy = SagaPolicy(), around: (SagaNeighbours) -> SagaNeighbours = { $0 }
    ) async throws -> ServiceParts {
        let database = try ServiceDatabase.open(
            path: configuration.database, durability: .full, migrations: OrderSchema.migrations)
        let http = OutgoingHTTP()
        let users = Neighbour(
            InstancePool("user-service", in: runtime, address: configuration.userService), over: http,
            credential: configuration.serviceCredential)
        let revocations = RevocationFeed(of: users, logger: runtime.logger, now: runtime.now)
        let products = Neighbour(
            InstancePool("product-service", in: runtime, address: configuration.productService), over: http,
            credential: configuration.serviceCredential)

        let sagas = SagaStore(
            database: database, clock: runtime.clock, owner: runtime.settings.instance, lease: policy.lease)
        try await sagas.endLeases()
        let placements = PlacementStore(sagas: sagas, busy: policy.busy)
        let payments = configuration.payments.map {
            PaymentService(
                at: $0.url, credential: $0.credential, over: http, timeout: policy.payment, now: runtime.now)
        }
        let queue = SagaQueue(capacity: policy.limit)
        runtime.metrics.gauge("shop_sagas_running", "Orders that are being placed or undone.") {
            Double(queue.count)
        }
        let outcomes = runtime.metrics.counter("shop_orders_total", "Orders by what became of them.")
        let runner = SagaRunner(
            sagas: sagas,
            neighbours: around(
                SagaNeighbours(buyers: .known(to: users), stock: ProductStock(products), payments: payments)),
            policy: policy, clock: runtime.clock, logger: runtime.logger, outcomes: outcomes)
        let worker = SagaWorker(
            sagas: sagas, placements: placements, runner: runner, queue: queue, policy: policy, logger: runtime.logger)
        let orders = OrderRoutes(
            orders: OrderStore(database: database), placements: placements, sagas: sagas, queue: queue,
            takesPayment: payments != nil, patience: policy.patience, clock: runtime.clock, outcomes: outcomes)
        return ServiceParts(
            routes: orders.routes,
            authenticator: Authenticator(
                tokens: TokenVerifier(keys: keys ?? .published(by: users), revocations: revocations.check),
                serviceCredential: configuration.serviceCredential),
            healthChecks: [.database(database)],
            services: [http, revocations, worker],
            close: { try database.close() })
    }
}

import GRDB
import ServiceKit

/// The composition of the service: the only place where its parts are made and joined.
enum ProductService {
    /// - Parameters:
    ///   - keys: what verifies access tokens; the user-service's published keys unless a test brings its own.
    ///   - pause: how the sweeper waits.
    ///   - feedPause: how the revocation feed waits.
    static func assemble(
        _ configuration: ProductServiceConfiguration, in runtime: ServiceRuntime, keys: KeySource? = nil,
        pause: @escaping ReservationSweeper.Pause = ReservationSweeper.sleep,
        feedPause: @escaping RevocationFeed.Pause = RevocationFeed.sleep
    ) async throws -> ServiceParts {
        let database = try ServiceDatabase.open(
            path: configuration.database, durability: .full, migrations: ProductSchema.migrations)
        let readers = try DatabaseReaders(path: configuration.database)
        let http = OutgoingHTTP()
        let users = Neighbour(
            InstancePool("user-service", in: runtime, address: configuration.userService), over: http,
            credential: configuration.serviceCredential)
        let revocations = RevocationFeed(of: users, logger: runtime.logger, now: runtime.now, pause: feedPause)
        let products = ProductStore(database: database, readers: readers, clock: runtime.clock)
        let reservations = ReservationStore(
            database: database, clock: runtime.clock, lifetime: configuration.reservationLifetime)
        let outcomes = runtime.metrics.counter("shop_reservations_total", "Reservations by what was done with them.")

        let catalogue = ProductRoutes(products: products)
        let stock = ReservationRoutes(reservations: reservations, outcomes: outcomes)
        let movements = StockMovementRoutes(
            movements: StockMovementStore(database: database, clock: runtime.clock))
        let sweeper = ReservationSweeper(
            reservations: reservations, logger: runtime.logger, outcomes: outcomes, pause: pause)
        return ServiceParts(
            routes: catalogue.routes + stock.routes + movements.routes,
            authenticator: Authenticator(
                tokens: TokenVerifier(keys: keys ?? .published(by: users), revocations: revocations.check),
                serviceCredential: configuration.serviceCredential),
            healthChecks: [.database(database)],
            services: [http, revocations, sweeper],
            close: {
                try readers.close()
                try database.close()
            })
    }
}

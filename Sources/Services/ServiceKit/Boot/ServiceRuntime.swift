import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// What every service has at run time, made once and handed to whatever is built.
package struct ServiceRuntime: Sendable {
    package let settings: ServiceSettings
    package let logger: Logger
    package let metrics = MetricsRegistry()
    package let readiness = Readiness()
    package let clock: WallClock

    package init(settings: ServiceSettings, logger: Logger, clock: WallClock = .system) {
        self.settings = settings
        self.logger = logger
        self.clock = clock
    }
}

/// What makes one service different from the others.
package struct ServiceParts: Sendable {
    package var routes: [Route]
    /// Needed as soon as one route is not open to anyone.
    package var authenticator: Authenticator?
    package var healthChecks: [HealthCheck]
    /// Inside the error shaping, around every route and the 404.
    package var middlewares: [any MiddlewareProtocol<Request, Response, ShopContext>]
    /// Outside the error shaping: what must see every response, errors included.
    package var outerMiddlewares: [any MiddlewareProtocol<Request, Response, ShopContext>]
    /// Started in this order before the server and stopped in reverse after it: clients, workers.
    package var services: [any Service]
    /// Closes what the parts hold, after everything has stopped.
    package var close: @Sendable () throws -> Void

    package init(
        routes: [Route], authenticator: Authenticator? = nil, healthChecks: [HealthCheck] = [],
        middlewares: [any MiddlewareProtocol<Request, Response, ShopContext>] = [],
        outerMiddlewares: [any MiddlewareProtocol<Request, Response, ShopContext>] = [], services: [any Service] = [],
        close: @escaping @Sendable () throws -> Void = {}
    ) {
        self.routes = routes
        self.authenticator = authenticator
        self.healthChecks = healthChecks
        self.middlewares = middlewares
        self.outerMiddlewares = outerMiddlewares
        self.services = services
        self.close = close
    }
}

/// The application both `main` and the tests run: the service's routes, the standard ones, and all that surrounds them.
package func buildApplication(_ parts: ServiceParts, in runtime: ServiceRuntime) -> some ApplicationProtocol {
    runtime.metrics.gauge("process_resident_memory_bytes", "Resident memory of this process.") {
        Double(ProcessMemory.resident())
    }
    let standard = HealthRoutes(
        settings: runtime.settings, readiness: runtime.readiness, checks: parts.healthChecks, metrics: runtime.metrics)
    let table = RouteTable(
        routes: parts.routes + standard.routes, authenticator: parts.authenticator, middlewares: parts.middlewares,
        outerMiddlewares: parts.outerMiddlewares, metrics: runtime.metrics)
    let http = HTTP1Channel.Configuration(
        idleTimeout: .seconds(60),
        httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 16 * 1024, maxHeaderListSize: 32 * 1024, maxHeaderFieldCount: 100))
    return Application(
        router: table.router(), server: .http1(configuration: http),
        configuration: ApplicationConfiguration(
            address: .hostname(runtime.settings.host, port: runtime.settings.port), backlog: 1024),
        services: parts.services, logger: runtime.logger)
}

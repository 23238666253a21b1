import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// What every service has at run time, made once and handed to whatever is built.
package struct ServiceRuntime: Sendable {
    package let settings: ServiceSettings
    package let logger: Logger
    package let metrics = MetricsRegistry()
    /// Where every request ends up, whoever served it.
    package let accessLog: AccessLog
    package let readiness = Readiness()
    package let clock: WallClock
    /// The monotonic clock.
    package let now: @Sendable () -> ContinuousClock.Instant
    /// The ready instances of every service; nil without an orchestrator.
    package let endpoints: Endpoints?

    package init(
        settings: ServiceSettings, logger: Logger, clock: WallClock = .system,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.settings = settings
        self.logger = logger
        accessLog = AccessLog(logger: logger, metrics: metrics)
        self.clock = clock
        self.now = now
        endpoints = settings.endpoints.map { Endpoints(path: $0, logger: logger, now: now) }
    }
}

/// What makes one service different from the others.
package struct ServiceParts: Sendable {
    package var routes: [Route]
    /// Needed as soon as one route is not open to anyone.
    package var authenticator: Authenticator?
    package var healthChecks: [HealthCheck]
    /// Outside the error shaping: what must see every response, errors included.
    package var middlewares: [any MiddlewareProtocol<Request, Response, ShopContext>]
    /// Started in this order before the server and stopped in reverse after it: clients, workers.
    package var services: [any Service]
    /// Answers requests before the router is asked; nil for the router alone.
    package var front: Front?
    /// Closes what the parts hold, after everything has stopped.
    package var close: @Sendable () throws -> Void

    package init(
        routes: [Route], authenticator: Authenticator? = nil, healthChecks: [HealthCheck] = [],
        middlewares: [any MiddlewareProtocol<Request, Response, ShopContext>] = [], services: [any Service] = [],
        front: Front? = nil, close: @escaping @Sendable () throws -> Void = {}
    ) {
        self.routes = routes
        self.authenticator = authenticator
        self.healthChecks = healthChecks
        self.middlewares = middlewares
        self.services = services
        self.front = front
        self.close = close
    }
}

/// The application both `main` and the tests run: the service's routes, the standard ones, and all that surrounds them.
package func buildApplication(
    _ parts: ServiceParts, in runtime: ServiceRuntime,
    whenListening: @escaping @Sendable (Int) async -> Void = { _ in }
) -> some ApplicationProtocol {
    runtime.metrics.gauge("process_resident_memory_bytes", "Resident memory of this process.") {
        Double(ProcessMemory.resident())
    }
    runtime.metrics.counter("log_fields_dropped_total", "Fields of log lines that are not declared.") {
        Double(LogFields.dropped)
    }
    let standard = HealthRoutes(
        settings: runtime.settings, readiness: runtime.readiness, checks: parts.healthChecks, metrics: runtime.metrics)
    let table = RouteTable(
        routes: describing(parts.routes + standard.routes, runtime.settings.name), authenticator: parts.authenticator,
        middlewares: parts.middlewares, accessLog: runtime.accessLog)
    return ServiceApplication(
        responder: table.router().buildResponder(), runtime: runtime, services: parts.services,
        front: parts.front, whenListening: whenListening)
}

/// With `/openapi.json`, unless the service has one of its own making.
private func describing(_ routes: [Route], _ name: String) -> [Route] {
    if routes.contains(where: { $0.path == OpenAPIDocument.path }) { return routes }
    let bytes = ByteBuffer(bytes: JSONWriter.bytes(of: OpenAPIDocument(title: name, routes: routes).json))
    return routes + [
        .get(OpenAPIDocument.path, access: .anyone) { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: bytes))
        }
    ]
}

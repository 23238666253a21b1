import Foundation
import ServiceKit

/// The composition of the gateway: the only place where its parts are made and joined.
enum APIGateway {
    /// - Parameter now: the monotonic clock.
    static func assemble(
        _ configuration: GatewayConfiguration, in runtime: ServiceRuntime,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) -> ServiceParts {
        // How many calls may be under way is for limits to say, not for the connection pool.
        let http = OutgoingHTTP(readTimeout: configuration.upstreamTimeout, connectionsPerHost: 1024)
        let ready = readyInstances(configuration.instances, in: runtime, now: now)
        let durations = runtime.metrics.histogram(
            "http_client_request_duration_seconds", "Time until an upstream's answer began, or failed to.",
            buckets: Histogram.requestSeconds)
        let pools = Upstream.allCases.map { upstream in
            InstancePool(upstream: upstream, now: now) { ready(upstream) }
        }
        let forwarders = pools.map { pool in
            Forwarder(
                pool: pool, client: http.client, timeout: configuration.upstreamTimeout,
                bodyLimit: configuration.bodyLimit, gateway: runtime.settings.name, durations: durations)
        }
        return ServiceParts(
            routes: forwarders.flatMap(\.routes),
            healthChecks: [
                .detail("upstreams") {
                    .object(pools.map { .init($0.upstream.rawValue, .integer(Int64($0.readyCount))) })
                }
            ],
            middlewares: [
                PreflightMiddleware(allowed: configuration.allowedOrigins), StrictRequestMiddleware(),
            ],
            outerMiddlewares: [BrowserFieldsMiddleware(allowed: configuration.allowedOrigins)],
            services: [http])
    }

    private static func readyInstances(
        _ instances: GatewayConfiguration.Instances, in runtime: ServiceRuntime,
        now: @escaping @Sendable () -> ContinuousClock.Instant
    ) -> @Sendable (Upstream) -> [Endpoint] {
        switch instances {
        case .file(let path):
            let endpoints = Endpoints(path: path, logger: runtime.logger, now: now)
            return { endpoints.ready($0.rawValue) }
        case .fixed(let addresses):
            let endpoints = addresses.reduce(into: [Upstream: [Endpoint]]()) { endpoints, address in
                endpoints[address.key] = [Endpoint(instance: address.key.rawValue, url: address.value)]
            }
            return { endpoints[$0] ?? [] }
        }
    }
}

import Foundation
import ServiceKit

/// The composition of the gateway: the only place where its parts are made and joined.
enum APIGateway {
    static func assemble(_ configuration: GatewayConfiguration, in runtime: ServiceRuntime) -> ServiceParts {
        // How many calls may be under way is for limits to say, not for the connection pool.
        let http = OutgoingHTTP(readTimeout: configuration.upstreamTimeout, connectionsPerHost: 1024)
        let ready = readyInstances(configuration.instances, in: runtime)
        let durations = runtime.metrics.histogram(
            "http_client_request_duration_seconds", "Time until an upstream's answer began, or failed to.",
            buckets: Histogram.requestSeconds)
        let forwarders = Upstream.allCases.map { upstream in
            Forwarder(
                upstream: upstream,
                pool: InstancePool(upstream.rawValue, now: runtime.now) { ready(upstream) }, http: http,
                timeout: configuration.upstreamTimeout, bodyLimit: configuration.bodyLimit,
                gateway: runtime.settings.name, durations: durations)
        }
        return ServiceParts(
            routes: forwarders.flatMap(\.routes),
            healthChecks: [
                .detail("upstreams") {
                    .object(forwarders.map { .init($0.upstream.rawValue, .integer(Int64($0.pool.readyCount))) })
                }
            ],
            middlewares: [
                PreflightMiddleware(allowed: configuration.allowedOrigins), StrictRequestMiddleware(),
            ],
            outerMiddlewares: [BrowserFieldsMiddleware(allowed: configuration.allowedOrigins)],
            services: [http])
    }

    private static func readyInstances(
        _ instances: GatewayConfiguration.Instances, in runtime: ServiceRuntime
    ) -> @Sendable (Upstream) -> [Endpoint] {
        switch instances {
        case .announced:
            return { runtime.endpoints?.ready($0.rawValue) ?? [] }
        case .fixed(let addresses):
            let endpoints = addresses.reduce(into: [Upstream: [Endpoint]]()) { endpoints, address in
                endpoints[address.key] = [Endpoint(instance: address.key.rawValue, url: address.value)]
            }
            return { endpoints[$0] ?? [] }
        }
    }
}

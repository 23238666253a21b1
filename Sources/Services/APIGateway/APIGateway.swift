import Foundation
import NIOCore
import ServiceKit

/// The composition of the gateway: the only place where its parts are made and joined.
enum APIGateway {
    static func assemble(_ configuration: GatewayConfiguration, in runtime: ServiceRuntime) -> ServiceParts {
        let http = OutgoingHTTP(readTimeout: configuration.upstreamTimeout)
        let upstreams = UpstreamClient(runtime.accessLog)
        let metrics = GatewayMetrics(in: runtime.metrics)
        let forwarders = forwarders(configuration, metrics, in: runtime)
        let limits = RateLimits(
            configuration.limits, owners: owners(of: forwarders, over: http, in: runtime), now: runtime.now)
        let gateway = Gateway(configuration, limits: limits, forwarders: forwarders, metrics: metrics, in: runtime)
        let document = ShopDocument(
            services: forwarders.map { .init(Neighbour($0.pool, over: http), $0.protection) }, now: runtime.now)
        return ServiceParts(
            routes: document.routes,
            healthChecks: [
                .detail("upstreams") {
                    .object(forwarders.map { .init($0.upstream.rawValue, .integer(Int64($0.pool.readyCount))) })
                },
                .detail("circuits") {
                    .object(
                        forwarders.map {
                            .init($0.upstream.rawValue, .string($0.protection.breaker.status.rawValue))
                        })
                },
            ],
            services: [http, upstreams],
            front: Front { channel, wire, router in
                ClientConnection(gateway, router, wire, upstreams.connections(on: channel.eventLoop))
            })
    }

    /// Tokens are counted by account as soon as the keys are there. A request does not wait for them longer than this.
    private static func owners(
        of forwarders: [Forwarder], over http: OutgoingHTTP, in runtime: ServiceRuntime
    ) -> TokenOwners {
        guard let users = forwarders.first(where: { $0.upstream == .users }) else {
            preconditionFailure("the user-service is an upstream")
        }
        let neighbour = Neighbour(users.pool, over: http, timeout: .milliseconds(250))
        return TokenOwners(
            tokens: TokenVerifier(keys: .published(by: neighbour), clock: runtime.clock), clock: runtime.clock,
            now: runtime.now)
    }

    private static func forwarders(
        _ configuration: GatewayConfiguration, _ metrics: GatewayMetrics, in runtime: ServiceRuntime
    ) -> [Forwarder] {
        let ready = readyInstances(configuration.instances, in: runtime)
        return Upstream.allCases.map { upstream in
            Forwarder(
                upstream: upstream,
                pool: InstancePool(upstream.rawValue, now: runtime.now) { ready(upstream) },
                protection: UpstreamProtection(upstream, configuration.protection, metrics, in: runtime),
                timeout: configuration.upstreamTimeout, bodyLimit: configuration.bodyLimit,
                forwarded: ForwardedFields(gateway: runtime.settings.name), metrics: metrics, logger: runtime.logger,
                now: runtime.now)
        }
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

import Logging
import NIOCore
import ServiceKit

/// What all connections of the gateway share.
final class Gateway: Sendable {
    let limits: RateLimits
    let proxies: TrustedProxies
    let preflight: Preflight
    let browsers: BrowserFields
    let metrics: GatewayMetrics
    let paths = Upstream.loggedPath
    let date = HTTPDate()
    /// A connection without a request is closed after it.
    let idleTime: TimeAmount
    private let forwarders: [Forwarder]

    /// - Parameter forwarders: one for each upstream.
    init(
        _ configuration: GatewayConfiguration, limits: RateLimits, forwarders: [Forwarder], metrics: GatewayMetrics,
        in runtime: ServiceRuntime
    ) {
        self.limits = limits
        self.forwarders = forwarders
        self.metrics = metrics
        proxies = configuration.limits.proxies
        preflight = Preflight(allowed: configuration.allowedOrigins)
        browsers = BrowserFields(allowed: configuration.allowedOrigins)
        idleTime = TimeAmount(runtime.settings.connections.idle)
    }

    func forwarder(to upstream: Upstream) -> Forwarder {
        guard let forwarder = forwarders.first(where: { $0.upstream == upstream }) else {
            preconditionFailure("every upstream has a forwarder")
        }
        return forwarder
    }

    /// Writes the line of `request`, whose answer has come to its end, or to none.
    ///
    /// - Parameter failure: what went wrong on the way, if the status does not say it.
    func record(_ request: ClientRequest, failure: String?, in turn: LoopTurn) {
        guard !request.isRecorded else { return }
        request.isRecorded = true
        let text = request.target.flatMap { paths.text(of: $0.path, route: request.place?.route) }
        turn.record(
            AccessEntry(
                method: request.method, path: text ?? "unmatched", isQuiet: false, route: request.place?.route,
                status: request.status ?? 499, duration: .nanoseconds((.now() - request.start).nanoseconds),
                failure: failure, identity: request.identity, upstream: request.upstream,
                upstreamTime: request.upstreamTime, upstreamTries: request.upstreamTries))
    }
}

import HTTPTypes
import Logging
import ServiceKit

/// What keeps one upstream's trouble from becoming everybody's: a circuit breaker, a bound on the calls under way, and
/// a budget for repeats.
struct UpstreamProtection: Sendable {
    struct Settings: Sendable {
        let circuit: CircuitPolicy
        /// Calls under way to one upstream at most.
        let concurrency: Int
        /// Of the requests.
        let retryPercent: Int
    }

    let breaker: CircuitBreaker
    let retries: RetryBudget
    private let bulkhead: Bulkhead
    private let metrics: GatewayMetrics

    init(_ upstream: Upstream, _ settings: Settings, _ metrics: GatewayMetrics, in runtime: ServiceRuntime) {
        self.metrics = metrics
        bulkhead = Bulkhead(limit: settings.concurrency)
        retries = RetryBudget(percent: settings.retryPercent, now: runtime.now)
        breaker = CircuitBreaker(settings.circuit, now: runtime.now) { [logger = runtime.logger] status in
            metrics.show(status, of: upstream)
            logger.warning(
                "the circuit changed",
                metadata: ["upstream": .string(upstream.rawValue), "circuit": .string(status.rawValue)])
        }
        metrics.show(.closed, of: upstream)
    }

    /// Asks to make a call; throws 503 when the upstream is given a rest or has enough to do.
    func admit() throws(Problem) -> UpstreamPass {
        switch breaker.begin() {
        case .refused(let wait):
            throw metrics.refusal(.upstreamSuspended(for: wait))
        case .permitted(let permit):
            guard let place = bulkhead.enter() else {
                breaker.end(permit, .undecided, took: .zero)
                throw metrics.refusal(.upstreamBusy)
            }
            return UpstreamPass(permit, of: breaker, place)
        }
    }
}

extension Problem {
    /// The circuit is open.
    static func upstreamSuspended(for wait: Duration) -> Problem {
        let seconds = wait.components.seconds + (wait.components.attoseconds > 0 ? 1 : 0)
        return Problem(
            type: "upstream-suspended", status: .serviceUnavailable, title: "A part of the shop is recovering",
            headers: [.retryAfter: String(max(1, seconds))])
    }

    /// As many calls are under way as there may be.
    static let upstreamBusy = Problem(
        type: "upstream-busy", status: .serviceUnavailable, title: "A part of the shop has too much to do",
        headers: [.retryAfter: "1"])
}

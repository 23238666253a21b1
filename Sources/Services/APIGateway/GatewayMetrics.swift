import HTTPTypes
import NIOCore
import ServiceKit
import Synchronization

/// What the gateway counts beside what every service does.
final class GatewayMetrics: Sendable {
    private let durations: Histogram
    private let breakers: Gauge
    private let refusals: Counter
    private let retries: Counter
    private let known = Mutex<[Kind: HistogramSeries]>([:])

    /// What became of a request that had no answer and may be sent again.
    enum Retry: String {
        case answered
        case failed
        /// It was not sent, since too many others had been.
        case refused
    }

    init(in registry: MetricsRegistry) {
        durations = registry.histogram(
            "http_client_request_duration_seconds", "Time until an upstream's answer began, or failed to.",
            buckets: Histogram.requestSeconds)
        breakers = registry.gauge(
            "gateway_breaker_state", "Whether requests pass: 0 all (closed), 1 probes (half-open), 2 none (open).")
        refusals = registry.counter(
            "gateway_requests_refused_total", "Requests that were answered without calling an upstream.")
        retries = registry.counter(
            "gateway_retries_total", "Second tries of requests that had no answer: answered, failed or refused.")
    }

    /// One try of a call to `upstream`; its name stands for the address, which is another for each instance.
    ///
    /// - Parameter status: nil when there was none, because of `failure`.
    func observe(
        _ time: TimeAmount, _ method: HTTPRequest.Method, _ upstream: Upstream, status: Int?, failure: String = ""
    ) {
        let kind = Kind(method: method, upstream: upstream, status: status, failure: failure)
        let series = known.withLock { known in
            if let series = known[kind] { return series }
            let series = durations.series(kind.labels)
            known[kind] = series
            return series
        }
        series.observe(Double(time.nanoseconds) / 1e9)
    }

    /// What tries are counted together; there are few of them.
    private struct Kind: Hashable {
        let method: HTTPRequest.Method
        let upstream: Upstream
        let status: Int?
        let failure: String

        var labels: KeyValuePairs<String, String> {
            let status = status.map { String($0) } ?? ""
            return [
                "http_request_method": method.rawValue, "server_address": upstream.rawValue,
                "http_response_status_code": status,
                "error_type": failure.isEmpty && status.hasPrefix("5") ? status : failure,
            ]
        }

        /// The status tells nearly all apart.
        func hash(into hasher: inout Hasher) {
            hasher.combine(status)
        }
    }

    func show(_ status: CircuitBreaker.Status, of upstream: Upstream) {
        let number: Double =
            switch status {
            case .closed: 0
            case .halfOpen: 1
            case .open: 2
            }
        breakers.set(number, ["upstream": upstream.rawValue])
    }

    /// Counts `problem` as a refusal, to be thrown.
    func refusal(_ problem: Problem) -> Problem {
        refusals.increment(["reason": problem.type])
        return problem
    }

    func count(_ retry: Retry) {
        retries.increment(["outcome": retry.rawValue])
    }
}

import Logging
import NIOCore
import NIOHTTP1
import ServiceKit

/// What is told of an exchange: to the circuit breaker, the metrics and the log.
extension Exchange {
    /// Tells the circuit breaker what came of it.
    func decide(_ outcome: CircuitState.Outcome, at now: NIODeadline) {
        let waited = Duration.nanoseconds(upload.timeWaitedForClient(at: now).nanoseconds)
        pass.decide(outcome, took: begun.duration(to: forwarder.now()) - waited)
    }

    func measure(_ status: Int?, _ failure: UpstreamFailure?, at now: NIODeadline) {
        let time = now - start
        request.upstreamTime = .nanoseconds(time.nanoseconds)
        forwarder.metrics.observe(
            time, request.method, forwarder.upstream, status: status, failure: failure?.rawValue ?? "")
    }

    func secondTry(answered head: HTTPResponseHead) {
        forwarder.metrics.count(.answered)
        guard let lease else { return }
        log {
            $0.info(
                "the second try was answered",
                metadata: [
                    "upstream": .string(lease.endpoint.instance), "status": .stringConvertible(Int(head.status.code)),
                ])
        }
    }

    /// The access-log line says only that it failed, so this is a line of its own, with the same ids.
    func report(_ message: Logger.Message, _ error: any Error) {
        guard let lease else { return }
        log {
            $0.warning(
                message, error: error,
                metadata: ["upstream": .string(lease.endpoint.instance), "bytes": .stringConvertible(passed)])
        }
    }

    func log(_ line: (Logger) -> Void) {
        RequestIdentity.$current.withValue(identity) { line(forwarder.logger) }
    }

    /// What came is no final answer.
    struct NoAnswer: Error {}
}

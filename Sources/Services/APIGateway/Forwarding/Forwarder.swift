import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1
import ServiceKit

/// Passes requests on to the ready instances of one upstream, and their answers back, without holding either.
final class Forwarder: Sendable {
    let upstream: Upstream
    let pool: InstancePool
    let protection: UpstreamProtection
    let timeout: Duration
    let bodyLimit: Int
    let forwarded: ForwardedFields
    let metrics: GatewayMetrics
    let logger: Logger
    let now: @Sendable () -> ContinuousClock.Instant

    init(
        upstream: Upstream, pool: InstancePool, protection: UpstreamProtection, timeout: Duration, bodyLimit: Int,
        forwarded: ForwardedFields, metrics: GatewayMetrics, logger: Logger,
        now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        self.upstream = upstream
        self.pool = pool
        self.protection = protection
        self.timeout = timeout
        self.bodyLimit = bodyLimit
        self.forwarded = forwarded
        self.metrics = metrics
        self.logger = logger
        self.now = now
    }

    /// Which methods a resource has is the upstream's matter. TRACE and CONNECT are for proxies; nobody has them.
    private static let methods = HTTPRequest.Method.known.filter { $0 != .trace && $0 != .connect }

    /// The exchange that `request` begins, if there is to be one.
    func exchange(
        _ request: ClientRequest, to target: RequestTarget, for client: ClientConnection
    ) throws(Problem) -> Exchange {
        guard Self.methods.contains(request.method) else {
            throw .methodNotAllowed(Self.methods.map(\.rawValue).joined(separator: ", "))
        }
        guard !upstream.keepsInside(target) else { throw .notFound }
        // Nothing of the body has been read so far, so who is refused keeps its connection.
        let pass = try protection.admit()
        let isIdempotent = isIdempotent(request, target)
        let upload = Upload(
            of: request.fields, limit: bodyLimit, keeping: isIdempotent ? Upload.mostKept : 0)
        try upload.checkAnnouncedLength()
        let patience = patience(until: request.deadline, at: request.start)
        let call = UpstreamCall(
            target: target, method: request.head.method,
            fields: forwarded.fields(of: request, from: client.origin(of: request)), framing: upload.framing,
            isIdempotent: isIdempotent, timeout: patience, deadline: request.start + patience)
        return Exchange(call, upload, pass, of: request, by: self, for: client)
    }

    private func isIdempotent(_ request: ClientRequest, _ target: RequestTarget) -> Bool {
        request.method.isIdempotent
            || request.method == .post && upstream.knowsIdempotencyKeys(target)
                && request.fields.hasIdempotencyKey
    }

    /// For how long there is somebody who waits for the answer: the gateway's patience, or the client's when that is
    /// shorter.
    private func patience(until deadline: NIODeadline?, at now: NIODeadline) -> TimeAmount {
        let usual = TimeAmount(timeout)
        return deadline.map { min(usual, max(.zero, $0 - now)) } ?? usual
    }

    /// An upstream that sheds load is not ill, and whoever caused the load must not have it suspended for everybody.
    func outcome(of head: HTTPResponseHead) -> CircuitState.Outcome {
        guard head.status.code >= 500 else { return .answered }
        return head.isLoadShedding ? .undecided : .failed
    }

    /// Whether `failure` says something about the upstream. A client that waits for less than is usual, or is slow
    /// itself, must not be able to open the circuit for everybody.
    func isUpstreams(_ failure: UpstreamFailure, of call: UpstreamCall) -> Bool {
        switch failure {
        case .unreachable, .broken: true
        case .timedOut: call.timeout >= TimeAmount(min(timeout, protection.breaker.policy.slowAfter))
        case .clientTooSlow: false
        }
    }
}

extension HTTPResponseHead {
    /// A 503 with `Retry-After`: it has too much to do and says so in good time, which is no failure of its own.
    fileprivate var isLoadShedding: Bool { status == .serviceUnavailable && headers.contains(name: "Retry-After") }
}

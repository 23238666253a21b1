import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import ServiceKit

/// Passes requests on to the ready instances of one upstream, and their answers back, without holding either.
struct Forwarder: Sendable {
    let upstream: Upstream
    let pool: InstancePool
    let protection: UpstreamProtection
    let http: OutgoingHTTP
    let timeout: Duration
    let bodyLimit: Int
    let forwarded: ForwardedFields
    let metrics: GatewayMetrics
    let now: @Sendable () -> ContinuousClock.Instant

    /// Which methods a resource has is the upstream's matter. TRACE and CONNECT are for proxies; nobody has them.
    var routes: [Route] {
        let methods = HTTPRequest.Method.known.filter { $0 != .trace && $0 != .connect }
        return upstream.routes.flatMap { path in
            methods.map { Route($0, path, access: .anyone) { try await forward($0, $1) }.knowing(upstream.words) }
        }
    }

    private func forward(_ request: Request, _ context: ShopContext) async throws -> Response {
        let target = try RequestTarget(request.uri)
        guard !upstream.keepsInside(target) else { throw Problem.notFound }
        // Nothing of the body has been read so far, so who is refused keeps its connection.
        let pass = try protection.admit()
        let isIdempotent = isIdempotent(request, target)
        let upload = Upload(of: request, limit: bodyLimit, keeping: isIdempotent ? Self.keptBytes : 0)
        do {
            try upload?.checkAnnouncedLength()
            let call = UpstreamCall(
                target: target, method: request.method, fields: forwarded.fields(of: request, context), upload: upload,
                isIdempotent: isIdempotent, timeout: patience)
            let (answer, lease) = try await decided(pass, call, context)
            return Answer(answer, lease: lease, place: pass.place, upload: upload).response(in: context)
        } catch {
            guard let upload, await upload.abandon() else { throw error }
            switch error {
            case let problem as Problem: throw problem.closingConnection
            case let failure as UpstreamFailure: throw failure.problem.closingConnection
            default: throw error
            }
        }
    }

    /// Bodies up to this size can be sent a second time.
    private static let keptBytes = 64 * 1024

    private func isIdempotent(_ request: Request, _ target: RequestTarget) -> Bool {
        request.method.isIdempotent
            || request.method == .post && upstream.knowsIdempotencyKeys(target)
                && request.headers[.idempotencyKey] != nil
    }

    /// For how long there is somebody who waits for the answer: the gateway's patience, or the client's when that is
    /// shorter.
    private var patience: Duration {
        guard let deadline = CallDeadline.current else { return timeout }
        return min(timeout, max(.zero, ContinuousClock.now.duration(to: deadline)))
    }

    /// The answer to `call`; tells the circuit breaker what came of it.
    private func decided(_ pass: UpstreamPass, _ call: UpstreamCall, _ context: ShopContext) async throws -> (
        HTTPClientResponse, InstanceLease
    ) {
        let start = now()
        do {
            let (response, lease) = try await answer(to: call, context)
            let time = await start.duration(to: now()) - call.timeWaitedForClient
            pass.decide(outcome(of: response), took: time)
            return (response, lease)
        } catch let failure as UpstreamFailure {
            let time = await start.duration(to: now()) - call.timeWaitedForClient
            pass.decide(isUpstreams(failure, of: call) ? .failed : .undecided, took: time)
            throw failure
        }
    }

    /// An upstream that sheds load is not ill, and whoever caused the load must not have it suspended for everybody.
    private func outcome(of response: HTTPClientResponse) -> CircuitState.Outcome {
        guard response.status.code >= 500 else { return .answered }
        return response.isLoadShedding ? .undecided : .failed
    }

    /// Whether `failure` says something about the upstream. A client that waits for less than is usual, or is slow
    /// itself, must not be able to open the circuit for everybody.
    private func isUpstreams(_ failure: UpstreamFailure, of call: UpstreamCall) -> Bool {
        switch failure {
        case .unreachable, .broken: true
        case .timedOut: call.timeout >= min(timeout, protection.breaker.policy.slowAfter)
        case .clientTooSlow: false
        }
    }

    /// The first answer there is: of the least busy instance, or of another one or over another connection when that
    /// could not take the request or broke off before it answered. An answer is never asked for again, whatever it
    /// says: a 503 with Retry-After least of all.
    ///
    /// The second try comes at once. It is made elsewhere, so there is nothing to wait for.
    private func answer(to call: UpstreamCall, _ context: ShopContext) async throws -> (
        HTTPClientResponse, InstanceLease
    ) {
        guard let first = pool.lease() else { throw metrics.refusal(.noInstance) }
        protection.retries.earn()
        do {
            return (try await send(call, to: first, over: http.client, context), first)
        } catch let failure as UpstreamFailure {
            first.end()
            guard await call.mayBeRepeated(after: failure),
                let second = pool.lease(after: failure.callFailure, at: first.endpoint)
            else { throw failure }
            guard protection.retries.spend() else {
                metrics.count(.refused)
                throw failure
            }
            context.notes["upstreamTries"] = .stringConvertible(2)
            do {
                let response = try await RequestIdentity.$current.withValue(context.identity.child()) {
                    try await send(call, to: second, over: http.fresh, context)
                }
                metrics.count(.answered)
                return (response, second)
            } catch {
                metrics.count(.failed)
                throw error
            }
        }
    }

    private func send(
        _ call: UpstreamCall, to lease: InstanceLease, over client: HTTPClient, _ context: ShopContext
    ) async throws -> HTTPClientResponse {
        let start = ContinuousClock.now
        context.notes["upstream"] = .string(lease.endpoint.instance)
        func record(_ status: UInt?, _ failure: UpstreamFailure? = nil) {
            let seconds = start.duration(to: .now) / .seconds(1)
            metrics.observe(seconds, call.method, upstream, status: status, failure: failure?.rawValue ?? "")
            context.notes["upstreamMs"] = .stringConvertible((seconds * 1_000_000).rounded() / 1000)
        }
        do {
            var request = await call.request(to: lease.endpoint)
            if let span = RequestIdentity.current?.trace, span != context.identity.trace {
                // A second try, which is told apart from the first.
                request.headers.replaceOrAdd(name: "traceparent", value: span.traceparent)
            }
            let response = try await client.execute(request, deadline: call.deadline)
            // We ask for no upgrade, so an answer that agrees to one makes no sense.
            guard response.status.code >= 200 else { throw UpstreamFailure.broken }
            record(response.status.code)
            if RequestIdentity.current != context.identity {
                context.logger.info(
                    "the second try was answered",
                    metadata: [
                        "upstream": .string(lease.endpoint.instance),
                        "status": .stringConvertible(Int(response.status.code)),
                    ])
            }
            switch outcome(of: response) {
            case .answered: pool.report(lease.endpoint, .well)
            case .failed: pool.report(lease.endpoint, .failed)
            case .undecided: break
            }
            return response
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            if let fault = await call.upload?.failure { throw fault }
            let failure = await call.failure(of: error)
            record(nil, failure)
            if failure == .unreachable {
                pool.passOver(lease.endpoint)
            } else if isUpstreams(failure, of: call) {
                pool.report(lease.endpoint, .failed)
            }
            context.logger.warning(
                "no answer from upstream", error: error,
                metadata: ["upstream": .string(lease.endpoint.instance), "failure": .string(failure.rawValue)])
            throw failure
        }
    }
}

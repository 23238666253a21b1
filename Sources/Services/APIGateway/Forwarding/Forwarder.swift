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
    let http: OutgoingHTTP
    let timeout: Duration
    let bodyLimit: Int
    let gateway: String
    let durations: Histogram

    /// Which methods a resource has is the upstream's matter. TRACE and CONNECT are for proxies; nobody has them.
    var routes: [Route] {
        let methods = HTTPRequest.Method.known.filter { $0 != .trace && $0 != .connect }
        return upstream.routes.flatMap { path in
            methods.map { Route($0, path, access: .anyone) { try await forward($0, $1) } }
        }
    }

    private func forward(_ request: Request, _ context: ShopContext) async throws -> Response {
        let target = try RequestTarget(request.uri)
        guard !upstream.keepsInside(target) else { throw Problem.notFound }
        let isIdempotent = isIdempotent(request)
        let upload = Upload(of: request, limit: bodyLimit, keeping: isIdempotent ? Self.keptBytes : 0)
        do {
            try upload?.checkAnnouncedLength()
            let call = UpstreamCall(
                target: target, method: request.method,
                fields: ForwardedFields(gateway: gateway).fields(of: request, context), upload: upload,
                isIdempotent: isIdempotent, timeout: timeout)
            let (answer, lease) = try await answer(to: call, context)
            return Answer(answer, to: request.method, lease: lease, upload: upload).response(in: context)
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

    private func isIdempotent(_ request: Request) -> Bool {
        request.method.isIdempotent
            || request.method == .post && upstream.knowsIdempotencyKeys && request.headers[.idempotencyKey] != nil
    }

    /// The first answer there is: of the least busy instance, or of another one or over another connection when that
    /// could not take the request or broke off before it answered.
    private func answer(to call: UpstreamCall, _ context: ShopContext) async throws -> (
        HTTPClientResponse, InstanceLease
    ) {
        guard let first = pool.lease() else { throw Problem.noInstance }
        do {
            return (try await send(call, to: first, over: http.client, context), first)
        } catch let failure as UpstreamFailure {
            first.end()
            guard await call.mayBeRepeated(after: failure),
                let second = pool.lease(after: failure.callFailure, at: first.endpoint)
            else { throw failure }
            context.notes["upstreamTries"] = .stringConvertible(2)
            return (try await send(call, to: second, over: http.fresh, context), second)
        }
    }

    private func send(
        _ call: UpstreamCall, to lease: InstanceLease, over client: HTTPClient, _ context: ShopContext
    ) async throws -> HTTPClientResponse {
        let start = ContinuousClock.now
        context.notes["upstream"] = .string(lease.endpoint.instance)
        func record(_ status: String) {
            let seconds = start.duration(to: .now) / .seconds(1)
            durations.observe(seconds, ["upstream": upstream.rawValue, "status": status])
            context.notes["upstreamMs"] = .stringConvertible((seconds * 1_000_000).rounded() / 1000)
        }
        do {
            let request = await call.request(to: lease.endpoint)
            let response = try await client.execute(request, deadline: call.deadline)
            // We ask for no upgrade, so an answer that agrees to one makes no sense.
            guard response.status.code >= 200 else { throw UpstreamFailure.broken }
            record(String(response.status.code))
            return response
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            if let fault = await call.upload?.failure { throw fault }
            let failure = await call.failure(of: error)
            record(failure.rawValue)
            if failure == .unreachable { pool.passOver(lease.endpoint) }
            context.logger.warning(
                "no answer from upstream", error: error,
                metadata: ["upstream": .string(lease.endpoint.instance), "failure": .string(failure.rawValue)])
            throw failure
        }
    }
}

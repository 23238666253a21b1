import AsyncHTTPClient
import Foundation
import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1

/// Another service of the shop, as seen by the one that calls it.
///
/// There are three outcomes, and the type makes the caller tell them apart: it did it, it said no, we do not know.
package struct Neighbour: Sendable {
    private let instances: InstancePool
    private let http: OutgoingHTTP
    private let credential: Secret?
    private let timeout: TimeAmount
    private let bodyLimit: Int
    private let retries: RetryBudget

    /// - Parameters:
    ///   - credential: sent as `Authorization: Service …`; nil where only open routes are called.
    ///   - timeout: for the whole call, from connecting to the last byte of the answer, a second try included; less when
    ///     whoever asked waits less.
    ///   - retryPercent: how many of the calls may be made a second time.
    package init(
        _ instances: InstancePool, over http: OutgoingHTTP, credential: Secret? = nil,
        timeout: Duration = .seconds(2), bodyLimit: Int = 1024 * 1024, retryPercent: Int = 20
    ) {
        self.instances = instances
        self.http = http
        self.credential = credential
        self.timeout = TimeAmount(timeout)
        self.bodyLimit = bodyLimit
        retries = RetryBudget(percent: retryPercent)
    }

    package var name: String { instances.service }

    /// What came of a call.
    package enum Outcome: Sendable {
        /// A status below 400.
        case answer(Reply)
        /// A status from 400 to 499: the neighbour understood and refused.
        case refused(Reply)
        /// No connection, no answer in time, a 5xx, or an answer that makes no sense. It may or may not have been done.
        case unavailable(Unavailable)
    }

    /// A response that was read in whole.
    package struct Reply: Sendable {
        package let status: HTTPResponse.Status
        /// `null` when the response has no body.
        package let body: JSONValue

        /// The problem's type, if the body is a problem.
        package var problemType: String? { body["type"]?.string }
    }

    /// Why nothing is known.
    package struct Unavailable: Error, Sendable, CustomStringConvertible, ProblemConvertible {
        package let reason: String

        package init(reason: String) {
            self.reason = reason
        }

        package var description: String { reason }
        package var problem: Problem { .unavailable("Another part of the shop does not answer.") }
    }

    /// Calls `path`, whose segments are percent-encoded here, so no id can leave its place in the URL.
    ///
    /// - Parameter isIdempotent: it may be sent twice; by default that follows from the method.
    package func send(
        _ method: HTTPRequest.Method, _ path: [String], body: JSONValue? = nil, headers: [String: String] = [:],
        isIdempotent: Bool? = nil
    ) async -> Outcome {
        let left = CallDeadline.current.map { ContinuousClock.now.duration(to: $0) }
        if let left, left <= .zero { return .unavailable(Unavailable(reason: "nobody waits for \(name) any more")) }
        let patience = Patience(usual: timeout, left: left)
        let request = request(method, body, headers, within: left)
        guard let first = instances.lease() else {
            return .unavailable(Unavailable(reason: "no instance of \(name) is ready"))
        }
        retries.earn()
        let outcome = await send(request, path, to: first, over: http.client, patience)
        first.end()
        guard case .failure(let error) = outcome, let failure = error.failure,
            failure.allowsRepeat(isIdempotent: isIdempotent ?? method.isIdempotent),
            let second = instances.lease(after: failure, at: first.endpoint)
        else { return outcome.outcome(of: name) }
        defer { second.end() }
        guard retries.spend() else { return outcome.outcome(of: name) }
        return await send(request, path, to: second, over: http.fresh, patience).outcome(of: name)
    }

    private func request(
        _ method: HTTPRequest.Method, _ body: JSONValue?, _ headers: [String: String], within left: Duration?
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: "")
        request.method = HTTPMethod(rawValue: method.rawValue)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let credential { request.headers.add(name: "Authorization", value: "Service \(credential.text)") }
        if let left {
            request.headers.add(name: CallDeadline.field.rawName, value: String(max(1, Int64(left / .milliseconds(1)))))
        }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: JSONWriter.bytes(of: body)))
        }
        return request
    }

    /// One try, which is a span of its own with a line in the log.
    private func send(
        _ request: HTTPClientRequest, _ path: [String], to lease: InstanceLease, over client: HTTPClient,
        _ patience: Patience
    ) async -> Result<Reply, NoReply> {
        let start = ContinuousClock.now
        let identity = RequestIdentity.current?.child()
        let result = await RequestIdentity.$current.withValue(identity) {
            await self.attempt(request, path, to: lease, over: client, patience)
        }
        RequestIdentity.$current.withValue(identity) {
            let isRoutine = ["internal", ".well-known"].contains(path.first)
            Logger.current.log(
                level: isRoutine ? .debug : .info, "call",
                metadata: [
                    "method": .string(request.method.rawValue), "path": .string("/" + path.joined(separator: "/")),
                    "upstream": .string(lease.endpoint.instance), "status": .string(result.status),
                    "durationMs": .stringConvertible((start.duration(to: .now) / .microseconds(1)).rounded() / 1000),
                ])
        }
        return result
    }

    private func attempt(
        _ request: HTTPClientRequest, _ path: [String], to lease: InstanceLease, over client: HTTPClient,
        _ patience: Patience
    ) async -> Result<Reply, NoReply> {
        var request = request
        request.url = Self.url(lease.endpoint.url, path)
        if let identity = RequestIdentity.current {
            request.headers.add(name: "traceparent", value: identity.trace.traceparent)
            if let state = identity.traceState { request.headers.add(name: "tracestate", value: state.text) }
            request.headers.add(name: "X-Request-Id", value: identity.requestID)
        }
        let response: HTTPClientResponse
        let bytes: ByteBuffer
        do {
            response = try await client.execute(request, deadline: patience.end)
        } catch {
            let failure = CallFailure(error)
            note(failure, at: lease.endpoint, patience)
            return .failure(NoReply(reason: "\(error)", failure: failure))
        }
        do {
            bytes = try await response.body.collect(upTo: bodyLimit, until: patience.end)
        } catch {
            note(CallFailure(error), at: lease.endpoint, patience)
            return .failure(NoReply(reason: "\(error)"))
        }
        guard response.status.code < 500 else {
            if !response.isLoadShedding { instances.report(lease.endpoint, .failed) }
            return .failure(NoReply(reason: "it answered \(response.status.code)"))
        }
        instances.report(lease.endpoint, .well)
        do {
            return .success(
                Reply(
                    status: .init(code: Int(response.status.code)),
                    body: bytes.readableBytes == 0 ? .null : try JSONParser.parse(Array(bytes.readableBytesView))))
        } catch {
            return .failure(NoReply(reason: "\(error)"))
        }
    }

    /// Who was cancelled, or hardly waited, has learnt nothing of the instance.
    private func note(_ failure: CallFailure, at endpoint: Endpoint, _ patience: Patience) {
        guard !Task.isCancelled else { return }
        switch failure {
        case .unreachable: instances.passOver(endpoint)
        case .broken: instances.report(endpoint, .failed)
        case .timedOut: if patience.isUsual { instances.report(endpoint, .failed) }
        }
    }

    private static func url(_ base: URL, _ path: [String]) -> String {
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        let base = base.absoluteString.hasSuffix("/") ? base.absoluteString.dropLast() : base.absoluteString[...]
        return path.reduce(into: String(base)) { url, segment in
            // Unreserved characters only, so encoding cannot fail; an empty segment is the harmless alternative.
            url += "/" + (segment.addingPercentEncoding(withAllowedCharacters: unreserved) ?? "")
        }
    }

    /// Until when an answer is waited for.
    private struct Patience {
        let end: NIODeadline
        /// As long as is usual, and not less because whoever asked waits less.
        let isUsual: Bool

        init(usual: TimeAmount, left: Duration?) {
            let time = left.map { min(usual, TimeAmount($0)) } ?? usual
            end = .now() + time
            isUsual = time == usual
        }
    }

    /// Why one try brought no reply.
    fileprivate struct NoReply: Error {
        let reason: String
        /// nil when an answer came, and was of no use.
        var failure: CallFailure?
    }
}

extension Result<Neighbour.Reply, Neighbour.NoReply> {
    /// For the log: the status of the answer, or that there was none.
    fileprivate var status: String {
        switch self {
        case .success(let reply): String(reply.status.code)
        case .failure(let error): error.failure.map { "\($0)" } ?? "useless"
        }
    }

    fileprivate func outcome(of name: String) -> Neighbour.Outcome {
        switch self {
        case .success(let reply): reply.status.code < 400 ? .answer(reply) : .refused(reply)
        case .failure(let error): .unavailable(Neighbour.Unavailable(reason: "\(name): \(error.reason)"))
        }
    }
}

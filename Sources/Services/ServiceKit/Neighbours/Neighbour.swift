import AsyncHTTPClient
import Foundation
import HTTPTypes
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

    /// - Parameters:
    ///   - credential: sent as `Authorization: Service …`; nil where only open routes are called.
    ///   - timeout: for the whole call, connecting and a second try included; less when whoever asked waits less.
    package init(
        _ instances: InstancePool, over http: OutgoingHTTP, credential: Secret? = nil,
        timeout: Duration = .seconds(2), bodyLimit: Int = 1024 * 1024
    ) {
        self.instances = instances
        self.http = http
        self.credential = credential
        self.timeout = TimeAmount(timeout)
        self.bodyLimit = bodyLimit
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
        let deadline = NIODeadline.now() + (left.map { min(self.timeout, TimeAmount($0)) } ?? timeout)
        let request = request(method, body, headers, within: left)
        guard let first = instances.lease() else {
            return .unavailable(Unavailable(reason: "no instance of \(name) is ready"))
        }
        let outcome = await send(request, path, to: first, over: http.client, deadline)
        first.end()
        guard case .failure(let error) = outcome, let failure = error.failure,
            failure.allowsRepeat(isIdempotent: isIdempotent ?? method.isIdempotent),
            let second = instances.lease(after: failure, at: first.endpoint)
        else { return outcome.outcome(of: name) }
        return await send(request, path, to: second, over: http.fresh, deadline).outcome(of: name)
    }

    private func request(
        _ method: HTTPRequest.Method, _ body: JSONValue?, _ headers: [String: String], within left: Duration?
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: "")
        request.method = HTTPMethod(rawValue: method.rawValue)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let credential { request.headers.add(name: "Authorization", value: "Service \(credential.text)") }
        if let identity = RequestIdentity.current {
            request.headers.add(name: "traceparent", value: identity.trace.traceparent)
            if let state = identity.traceState { request.headers.add(name: "tracestate", value: state.text) }
            request.headers.add(name: "X-Request-Id", value: identity.requestID)
        }
        if let left {
            request.headers.add(name: CallDeadline.field.rawName, value: String(max(1, Int64(left / .milliseconds(1)))))
        }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: JSONWriter.bytes(of: body)))
        }
        return request
    }

    private func send(
        _ request: HTTPClientRequest, _ path: [String], to lease: InstanceLease, over client: HTTPClient,
        _ deadline: NIODeadline
    ) async -> Result<Reply, NoReply> {
        var request = request
        request.url = Self.url(lease.endpoint.url, path)
        let response: HTTPClientResponse
        do {
            response = try await client.execute(request, deadline: deadline)
        } catch {
            let failure = CallFailure(error)
            if failure == .unreachable { instances.passOver(lease.endpoint) }
            return .failure(NoReply(reason: "\(error)", failure: failure))
        }
        do {
            let bytes = try await response.body.collect(upTo: bodyLimit)
            guard response.status.code < 500 else {
                return .failure(NoReply(reason: "it answered \(response.status.code)"))
            }
            return .success(
                Reply(
                    status: .init(code: Int(response.status.code)),
                    body: bytes.readableBytes == 0 ? .null : try JSONParser.parse(Array(bytes.readableBytesView))))
        } catch {
            return .failure(NoReply(reason: "\(error)"))
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

    /// Why one try brought no reply.
    fileprivate struct NoReply: Error {
        let reason: String
        /// nil when an answer came, and was of no use.
        var failure: CallFailure?
    }
}

extension Result<Neighbour.Reply, Neighbour.NoReply> {
    fileprivate func outcome(of name: String) -> Neighbour.Outcome {
        switch self {
        case .success(let reply): reply.status.code < 400 ? .answer(reply) : .refused(reply)
        case .failure(let error): .unavailable(Neighbour.Unavailable(reason: "\(name): \(error.reason)"))
        }
    }
}

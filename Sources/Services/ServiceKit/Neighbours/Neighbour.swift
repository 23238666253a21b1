import AsyncHTTPClient
import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1

/// Another service of the shop, as seen by the one that calls it.
///
/// There are three outcomes, and the type makes the caller tell them apart: it did it, it said no, we do not know.
package struct Neighbour: Sendable {
    package let name: String
    private let baseURL: URL
    private let client: HTTPClient
    private let credential: Secret?
    private let timeout: TimeAmount
    private let bodyLimit: Int

    /// - Parameters:
    ///   - credential: sent as `Authorization: Service …`; nil where only open routes are called.
    ///   - timeout: for the whole call, connecting included.
    package init(
        _ name: String, at baseURL: URL, over http: OutgoingHTTP, credential: Secret? = nil,
        timeout: Duration = .seconds(2), bodyLimit: Int = 1024 * 1024
    ) {
        self.name = name
        self.baseURL = baseURL
        self.client = http.client
        self.credential = credential
        self.timeout = TimeAmount(timeout)
        self.bodyLimit = bodyLimit
    }

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
    package func send(
        _ method: HTTPRequest.Method, _ path: [String], body: JSONValue? = nil, headers: [String: String] = [:]
    ) async -> Outcome {
        var request = HTTPClientRequest(url: url(path))
        request.method = HTTPMethod(rawValue: method.rawValue)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let credential { request.headers.add(name: "Authorization", value: "Service \(credential.text)") }
        if let identity = RequestIdentity.current {
            request.headers.add(name: "traceparent", value: identity.trace.traceparent)
            request.headers.add(name: "X-Request-Id", value: identity.requestID)
        }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: JSONWriter.bytes(of: body)))
        }
        do {
            let response = try await client.execute(request, timeout: timeout)
            let bytes = try await response.body.collect(upTo: bodyLimit)
            guard response.status.code < 500 else {
                return .unavailable(Unavailable(reason: "\(name) answered \(response.status.code)"))
            }
            let reply = Reply(
                status: .init(code: Int(response.status.code)),
                body: bytes.readableBytes == 0 ? .null : try JSONParser.parse(Array(bytes.readableBytesView)))
            return reply.status.code < 400 ? .answer(reply) : .refused(reply)
        } catch {
            return .unavailable(Unavailable(reason: "\(name): \(error)"))
        }
    }

    private func url(_ path: [String]) -> String {
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        let base =
            baseURL.absoluteString.hasSuffix("/") ? baseURL.absoluteString.dropLast() : baseURL.absoluteString[...]
        return path.reduce(into: String(base)) { url, segment in
            // Unreserved characters only, so encoding cannot fail; an empty segment is the harmless alternative.
            url += "/" + (segment.addingPercentEncoding(withAllowedCharacters: unreserved) ?? "")
        }
    }
}

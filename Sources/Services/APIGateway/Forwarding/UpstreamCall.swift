import AsyncHTTPClient
import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1
import ServiceKit

/// A request as it goes upstream, to whichever instance.
struct UpstreamCall: Sendable {
    let target: RequestTarget
    let method: HTTPRequest.Method
    let fields: HTTPFields
    let upload: Upload?
    /// Doing it twice is as good as doing it once.
    let isIdempotent: Bool
    /// For the head of the answer, all tries together.
    let timeout: Duration
    let deadline: NIODeadline

    init(
        target: RequestTarget, method: HTTPRequest.Method, fields: HTTPFields, upload: Upload?, isIdempotent: Bool,
        timeout: Duration
    ) {
        self.target = target
        self.method = method
        self.fields = fields
        self.upload = upload
        self.isIdempotent = isIdempotent
        self.timeout = timeout
        deadline = .now() + TimeAmount(timeout)
    }

    func request(to endpoint: Endpoint) async -> HTTPClientRequest {
        let address = endpoint.url.absoluteString
        let base = address.hasSuffix("/") ? address.dropLast() : address[...]
        var request = HTTPClientRequest(url: base + target.text)
        request.method = HTTPMethod(rawValue: method.rawValue)
        for field in fields { request.headers.add(name: field.name.rawName, value: field.value) }
        let remaining = (deadline - .now()).nanoseconds / 1_000_000
        request.headers.add(name: CallDeadline.field.rawName, value: String(max(1, remaining)))
        if let upload {
            request.body = .stream(
                await upload.parts(), length: upload.length.map { .known($0) } ?? .unknown)
        }
        return request
    }

    /// Whether it may be sent again: nothing was sent, or it may be done twice; and all of its body is still there.
    func mayBeRepeated(after failure: UpstreamFailure) async -> Bool {
        guard failure.callFailure.allowsRepeat(isIdempotent: isIdempotent) else { return false }
        return await upload?.isWhole ?? true
    }

    /// For how long the client kept the upstream waiting for its body.
    var timeWaitedForClient: Duration {
        get async { await upload?.timeWaitedForClient ?? .zero }
    }

    /// What `error` of the HTTP client means for this call. The client is at fault for a timeout when most of the time
    /// went by waiting for its body; whether it is being waited for at the very end says nothing.
    func failure(of error: any Error) async -> UpstreamFailure {
        let failure = UpstreamFailure(CallFailure(error))
        guard failure == .timedOut, await timeWaitedForClient > timeout / 2 else { return failure }
        return .clientTooSlow
    }
}

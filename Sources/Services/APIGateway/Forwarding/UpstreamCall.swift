import HTTPTypes
import NIOCore
import NIOHTTP1
import ServiceKit

/// A request as it goes upstream, to whichever instance.
struct UpstreamCall {
    let target: RequestTarget
    let method: HTTPMethod
    /// But for those of one try.
    let fields: FieldBytes
    let framing: Upload.Framing
    /// Doing it twice is as good as doing it once.
    let isIdempotent: Bool
    /// For the head of the answer, all tries together.
    let timeout: TimeAmount
    let deadline: NIODeadline

    /// The head of one try, without ``fields``.
    func head(to endpoint: Endpoint, at now: NIODeadline, in span: TraceContext) -> HTTPRequestHead {
        var headers = HTTPHeaders([
            ("Host", endpoint.authority), ("traceparent", span.traceparent),
            (CallDeadline.field.rawName, String(max(1, (deadline - now).nanoseconds / 1_000_000))),
        ])
        switch framing {
        case .length(let length): headers.add(name: "Content-Length", value: String(length))
        case .chunked: headers.add(name: "Transfer-Encoding", value: "chunked")
        // RFC 9110 section 8.6: said where a body could be expected.
        case .none: if method.mayHaveBody { headers.add(name: "Content-Length", value: "0") }
        }
        return HTTPRequestHead(version: .http1_1, method: method, uri: target.text, headers: headers)
    }

    /// Whether it may be sent again: nothing was sent, or it may be done twice; and all of its body is still there.
    func mayBeRepeated(after failure: UpstreamFailure, _ upload: Upload) -> Bool {
        failure.callFailure.allowsRepeat(isIdempotent: isIdempotent) && upload.isWhole
    }

    /// Who was too slow when the time is up. The client is at fault when most of the time went by waiting for its body;
    /// whether it is being waited for at the very end says nothing.
    func lateness(_ upload: Upload, at now: NIODeadline) -> UpstreamFailure {
        upload.timeWaitedForClient(at: now).nanoseconds > timeout.nanoseconds / 2 ? .clientTooSlow : .timedOut
    }
}

extension HTTPMethod {
    /// Whether such a request has a body unless it says that it has none.
    fileprivate var mayHaveBody: Bool {
        switch self {
        case .GET, .HEAD, .OPTIONS, .TRACE, .CONNECT, .DELETE: false
        default: true
        }
    }
}

import AsyncHTTPClient
import Glibc
import HTTPTypes
import NIOCore
import NIOPosix

/// Why a call has no answer.
package enum CallFailure: Sendable {
    /// No connection could be made, so nothing was sent.
    case unreachable
    /// The connection broke, or what came was not HTTP. It may or may not have been done.
    case broken
    /// Nothing came in time. It may or may not have been done.
    case timedOut

    /// Sorts what the HTTP client throws, by its type.
    package init(_ error: any Error) {
        switch error {
        case is NIOConnectionError, HTTPClientError.connectTimeout as HTTPClientError,
            HTTPClientError.getConnectionFromPoolTimeout as HTTPClientError:
            self = .unreachable
        case let error as IOError where Self.connectErrors.contains(error.errnoCode):
            self = .unreachable
        case HTTPClientError.deadlineExceeded as HTTPClientError, HTTPClientError.readTimeout as HTTPClientError,
            HTTPClientError.writeTimeout as HTTPClientError:
            self = .timedOut
        default:
            self = .broken
        }
    }

    private static let connectErrors: Set<CInt> = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH]

    /// Whether a request may be sent again after this. A server may close a connection just as a request comes to it; who
    /// gets no answer cannot know whether it was read.
    ///
    /// - Parameter isIdempotent: doing it twice is as good as doing it once.
    package func allowsRepeat(isIdempotent: Bool) -> Bool {
        switch self {
        case .unreachable: true
        case .broken: isIdempotent
        // The time is up.
        case .timedOut: false
        }
    }
}

extension HTTPRequest.Method {
    /// RFC 9110 section 9.2.2.
    package var isIdempotent: Bool { [.get, .head, .options, .put, .delete].contains(self) }
}

import HTTPTypes
import ServiceKit

/// Why there is no answer to pass on.
enum UpstreamFailure: String, Error, ProblemConvertible {
    /// No connection could be made, so nothing was sent. The client gets 502.
    case unreachable
    /// The connection broke, or what came was not HTTP. The client gets 502.
    case broken
    /// Nothing came in time. The client gets 504.
    case timedOut = "timeout"
    /// The upstream was ready; the client did not send its body in time. It gets 408.
    case clientTooSlow = "client-too-slow"

    init(_ failure: CallFailure) {
        self =
            switch failure {
            case .unreachable: .unreachable
            case .broken: .broken
            case .timedOut: .timedOut
            }
    }

    /// Whether and how the request may be sent again.
    var callFailure: CallFailure {
        switch self {
        case .unreachable: .unreachable
        case .broken: .broken
        case .timedOut, .clientTooSlow: .timedOut
        }
    }

    var problem: Problem {
        switch self {
        case .unreachable:
            Problem(type: "upstream-unreachable", status: .badGateway, title: "A part of the shop cannot be reached")
        case .broken:
            Problem(type: "upstream-broken", status: .badGateway, title: "A part of the shop broke off its answer")
        case .timedOut:
            Problem(
                type: "upstream-timeout", status: .gatewayTimeout, title: "A part of the shop did not answer in time")
        case .clientTooSlow:
            Problem(type: "request-timeout", status: .requestTimeout, title: "The body did not arrive in time")
        }
    }
}

extension Problem {
    /// The orchestrator knows of no instance that is ready.
    static let noInstance = Problem(
        type: "no-instance", status: .serviceUnavailable, title: "A part of the shop is not ready",
        headers: [.retryAfter: "1"])
}

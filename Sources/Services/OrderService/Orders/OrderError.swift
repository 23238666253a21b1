import HTTPTypes
import ServiceKit

/// Why an order cannot be placed or cancelled, as far as it is not the order's own fate.
enum OrderError: Error, ProblemConvertible {
    /// There is none, or it is somebody else's; it is not said which. 404.
    case unknown
    /// It is not decided yet, so it cannot be cancelled. 409.
    case inProgress
    /// It was rejected; there is nothing to cancel. 409.
    case rejected
    /// The first request with this idempotency key still runs. 409.
    case requestInProgress
    /// The idempotency key was used for another order. 422.
    case keyReused
    /// So many orders wait for a neighbour that no more are taken. 503.
    case busy

    var problem: Problem {
        switch self {
        case .unknown:
            .notFound
        case .inProgress:
            Problem(
                type: "order-in-progress", status: .conflict, title: "The order is not decided yet",
                detail: "Cancel it once it is confirmed.", headers: [.retryAfter: "1"])
        case .rejected:
            Problem(type: "order-rejected", status: .conflict, title: "The order was rejected")
        case .requestInProgress: .requestInProgress
        case .keyReused: .idempotencyKeyReused
        case .busy: .unavailable("Too many orders wait to be decided.", retryAfter: 5)
        }
    }
}

import HTTPTypes
import ServiceKit

/// What came of asking a neighbour for a step.
enum StepOutcome<Value: Sendable>: Sendable {
    case done(Value)
    /// It will not, and the order is rejected for it.
    case refused(Rejection)
    /// Nobody knows whether it was done; it is asked again.
    case unavailable(String)

    func map<Other: Sendable>(_ transform: (Value) -> Other) -> StepOutcome<Other> {
        switch self {
        case .done(let value): .done(transform(value))
        case .refused(let rejection): .refused(rejection)
        case .unavailable(let reason): .unavailable(reason)
        }
    }

    /// A refusal that has nothing to do with the order, such as a credential that does not match. Somebody has to
    /// repair that; the order waits.
    static func unexpected(_ reply: Neighbour.Reply, from name: String) -> StepOutcome {
        .unavailable("\(name) answered \(reply.status.code) \(reply.problemType ?? "")")
    }
}

/// Everybody a saga asks for something.
struct SagaNeighbours: Sendable {
    var buyers: Buyers
    var stock: any Stock
    /// nil in a shop that takes no payments.
    var payments: (any PaymentProvider)?
}

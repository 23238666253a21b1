import Foundation
import ServiceKit

/// What a buyer pays for an order.
struct Payment: Sendable, Equatable {
    /// Chosen by us and the same however often something is asked for, so whoever provides payments knows a repetition.
    let id: UUID
    let orderID: UUID
    let buyerID: UUID
    let amount: Money
}

/// Who moves the money. Every call can be repeated and has its effect once.
protocol PaymentProvider: Sendable {
    /// Holds the money for us. Refused when the buyer's bank declines.
    func authorise(_ payment: Payment) async -> StepOutcome<Void>
    /// Takes what is held. Refused when it is held no longer.
    func capture(_ payment: Payment) async -> StepOutcome<Void>
    /// Lets go of what is held and not taken; if it is not held yet, it never will be. Never refused.
    func void(_ payment: Payment) async -> StepOutcome<Void>
    /// Gives back what was taken; if it is not taken yet, it never will be. Never refused.
    func refund(_ payment: Payment) async -> StepOutcome<Void>
}

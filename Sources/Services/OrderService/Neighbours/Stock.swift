import Foundation

/// Pieces of one product for one line of an order.
struct StockReservation: Sendable, Equatable {
    let id: UUID
    let orderID: UUID
    let productID: UUID
    let quantity: Int
}

/// Who keeps the pieces. Every call can be repeated and has its effect once.
protocol Stock: Sendable {
    func reserve(_ reservation: StockReservation) async -> StepOutcome<Order.Offer>
    /// Buys what is reserved.
    func confirm(_ reservation: StockReservation) async -> StepOutcome<Void>
    /// Gives back what is reserved and not bought; if it is not reserved yet, it never will be. Never refused.
    func release(_ reservation: StockReservation) async -> StepOutcome<Void>
    /// Gives back what is bought, or only reserved. Never refused.
    func giveBack(_ reservation: StockReservation) async -> StepOutcome<Void>
}

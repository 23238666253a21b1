import Foundation
import ServiceKit

/// What an order sends to reserve pieces: `{reservationId, quantity, orderId}`. The id is the idempotency key.
struct ReservationRequest: Sendable {
    let id: UUID
    let productID: UUID
    let quantity: Int
    let orderID: UUID

    init(_ body: ObjectReader, of product: UUID) throws(Problem) {
        var reader = body
        productID = product
        id = reader.uuid("reservationId")
        quantity = reader.integer("quantity", in: 1...10_000)
        orderID = reader.uuid("orderId")
        try reader.finish()
    }

    /// Whether `reservation` is what this asks for.
    func matches(_ reservation: Reservation) -> Bool {
        reservation.productID == productID && reservation.content?.quantity == quantity
            && reservation.content?.orderID == orderID
    }
}

import Foundation
import HTTPTypes
import ServiceKit

/// Why pieces cannot be reserved, confirmed or given back.
enum ReservationError: Error, ProblemConvertible {
    /// There is no such product. 404.
    case unknownProduct(UUID)
    /// There are fewer pieces than asked for. 409.
    case insufficientStock(product: String, asked: Int)
    /// The id was used for another product, quantity or order. 422.
    case reused
    /// It was given back or has expired, and does not come to life again. 409.
    case over(Reservation.Status)
    /// It is sold; releasing is for what is held, and `return` for what is sold. 409.
    case confirmed
    /// There is no such reservation of this product. 404.
    case unknown

    var problem: Problem {
        switch self {
        case .unknownProduct(let id):
            Problem(
                type: "unknown-product", status: .notFound, title: "There is no such product",
                detail: "There is no product \(id.text).")
        case .insufficientStock(let product, let asked):
            .insufficientStock(product: product, asked: asked)
        case .reused:
            Problem(
                type: "reservation-id-reused", status: .unprocessableContent,
                title: "The reservation's id was used for something else")
        case .over(let status):
            Problem(
                type: "reservation-over", status: .conflict, title: "The reservation is over",
                detail: "It is \(status.rawValue).")
        case .confirmed:
            Problem(
                type: "reservation-confirmed", status: .conflict, title: "The reservation is confirmed",
                detail: "What is sold is given back with /return.")
        case .unknown:
            .notFound
        }
    }
}

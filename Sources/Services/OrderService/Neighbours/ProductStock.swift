import Foundation
import HTTPTypes
import ServiceKit

/// The stock of the product-service.
struct ProductStock: Stock {
    private let products: Neighbour

    init(_ products: Neighbour) {
        self.products = products
    }

    func reserve(_ reservation: StockReservation) async -> StepOutcome<Order.Offer> {
        let body: JSONValue = [
            "reservationId": .string(reservation.id.text), "quantity": .integer(Int64(reservation.quantity)),
            "orderId": .string(reservation.orderID.text),
        ]
        let path = ["api", "products", reservation.productID.text, "reservations"]
        switch await products.send(.post, path, body: body, isIdempotent: true) {
        case .answer(let reply):
            return Order.Offer(reply.body).map { .done($0) } ?? .unexpected(reply, from: products.name)
        case .refused(let reply):
            let product = reservation.productID.text
            switch reply.problemType {
            case "insufficient-stock":
                let detail = reply.body["detail"]?.string ?? "There are not enough pieces."
                return .refused(Rejection(reason: .insufficientStock, detail: "\(detail) (Product \(product).)"))
            case "unknown-product":
                return .refused(Rejection(reason: .unknownProduct, detail: "There is no product \(product)."))
            case "reservation-over":
                return .refused(.lost(reservation))
            default:
                return .unexpected(reply, from: products.name)
            }
        case .unavailable(let error):
            return .unavailable(error.reason)
        }
    }

    func confirm(_ reservation: StockReservation) async -> StepOutcome<Void> {
        switch await tell("confirm", reservation) {
        case .answer: .done(())
        case .refused(let reply) where ["reservation-over", "not-found"].contains(reply.problemType):
            .refused(.lost(reservation))
        case .refused(let reply): .unexpected(reply, from: products.name)
        case .unavailable(let error): .unavailable(error.reason)
        }
    }

    func release(_ reservation: StockReservation) async -> StepOutcome<Void> {
        undone(await tell("release", reservation))
    }

    func giveBack(_ reservation: StockReservation) async -> StepOutcome<Void> {
        undone(await tell("return", reservation))
    }

    private func tell(_ verb: String, _ reservation: StockReservation) async -> Neighbour.Outcome {
        await products.send(
            .post,
            ["api", "products", reservation.productID.text, "reservations", reservation.id.text, verb],
            isIdempotent: true)
    }

    /// What has to be undone cannot be refused; it is asked for until it is done.
    private func undone(_ outcome: Neighbour.Outcome) -> StepOutcome<Void> {
        switch outcome {
        case .answer: .done(())
        case .refused(let reply): .unexpected(reply, from: products.name)
        case .unavailable(let error): .unavailable(error.reason)
        }
    }
}

extension Rejection {
    fileprivate static func lost(_ reservation: StockReservation) -> Rejection {
        Rejection(
            reason: .reservationLost,
            detail: "Product \(reservation.productID.text) could not be held any longer. Order again.")
    }
}

extension Order.Offer {
    /// nil when it is not what the product-service answers to a reservation.
    fileprivate init?(_ body: JSONValue) {
        guard let name = body["name"]?.string, let price = body["unitPrice"],
            let amount = price["amount"]?.integer, (0...Int64(Money.largestAmount)).contains(amount),
            let currency = (price["currency"]?.string).flatMap(Money.Currency.init)
        else { return nil }
        self.init(name: name, unitPrice: Money(amount: Int(amount), currency: currency))
    }
}

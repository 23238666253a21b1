import Foundation
import Hummingbird
import Logging
import ServiceKit

/// Reserving pieces, for the shop's other services alone.
///
/// Every route can be called again with the same id and changes nothing the second time, so that a caller who does not
/// know whether a call came through just makes it again. `release` gives back what is held and refuses what is sold;
/// `return` gives back either, which is what a cancelled order needs. Both take an id they have never seen.
struct ReservationRoutes: Sendable {
    let reservations: ReservationStore
    let outcomes: Counter

    var routes: [Route] {
        [
            .post(
                "/api/products/:id/reservations", access: .service, writing: ["reservationId", "quantity", "orderId"]
            ) { _, body, context in
                try await reserve(ReservationRequest(body.read(), of: context.uuid("id")), context)
            },
            change("confirm", "reservation confirmed", reservations.confirm),
            change("release", "reservation released", reservations.release),
            change("return", "reservation returned", reservations.giveBackSold),
        ]
    }

    private func reserve(_ request: ReservationRequest, _ context: ShopContext) async throws -> Response {
        do {
            let (reservation, isNew) = try await reservations.reserve(request)
            if isNew { outcomes.increment(["outcome": "held"]) }
            context.logger.info(
                isNew ? "stock reserved" : "stock was reserved before", metadata: reservation.metadata)
            return .json(isNew ? .created : .ok, reservation)
        } catch let error as ReservationError {
            outcomes.increment(["outcome": "refused"])
            context.logger.notice(
                "stock not reserved",
                metadata: [
                    "reason": .string(error.problem.type), "orderId": .string(request.orderID.text),
                    "productId": .string(request.productID.text), "reservationId": .string(request.id.text),
                    "quantity": .stringConvertible(request.quantity),
                ])
            throw error
        }
    }

    private func change(
        _ verb: String, _ message: Logger.Message,
        _ operation: @escaping @Sendable (UUID, UUID) async throws -> (reservation: Reservation, changed: Bool)
    ) -> Route {
        .post("/api/products/:id/reservations/:reservationId/\(verb)", access: .service) { _, context in
            let (reservation, changed) = try await operation(context.uuid("reservationId"), context.uuid("id"))
            if changed { outcomes.increment(["outcome": reservation.status.rawValue]) }
            context.logger.info(message, metadata: reservation.metadata.merging(["changed": "\(changed)"]) { $1 })
            return .json(.ok, reservation)
        }
    }
}

extension Reservation {
    /// By what its log lines are found.
    var metadata: Logger.Metadata {
        var fields: Logger.Metadata = [
            "reservationId": .string(id.text), "productId": .string(productID.text),
            "status": .string(status.rawValue),
        ]
        if let content {
            fields["orderId"] = .string(content.orderID.text)
            fields["quantity"] = .stringConvertible(content.quantity)
        }
        return fields
    }
}

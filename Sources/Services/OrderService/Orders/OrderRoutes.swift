import Foundation
import Hummingbird
import Logging
import ServiceKit

/// Placing, reading and cancelling orders.
///
/// Whose order it is not is told that there is none. A request starts a saga and waits a moment for its end; whether it
/// waits or not, the saga goes on.
struct OrderRoutes: Sendable {
    let orders: OrderStore
    let placements: PlacementStore
    let sagas: SagaStore
    let queue: SagaQueue
    /// Whether orders that are placed now are paid for; otherwise they are on account.
    let takesPayment: Bool
    /// How long a request waits for its saga.
    let patience: Duration
    let clock: WallClock
    let outcomes: Counter

    var routes: [Route] {
        [
            .post("/api/orders", access: .account, writing: ["items"], place).described(Self.placing),
            .get("/api/orders", access: .holder) { request, context in
                .json(.ok, try await orders.list(OrderQuery(request, of: context.reach())))
            }.described(Self.listing),
            .get("/api/orders/:id", access: .holder) { _, context in
                .json(.ok, try await order(context.uuid("id"), context))
            }.described(Self.reading),
            .post("/api/orders/:id/cancel", access: .holder, cancel).described(Self.cancelling),
        ]
    }

    @Sendable private func place(
        _ request: Request, _ body: JSONBody, _ context: ShopContext
    ) async throws -> Response {
        let buyer = try context.account().id
        let key = try IdempotencyKey(request.headers)
        let wanted = try OrderRequest(await body.read())
        let saga = Saga(
            placing: wanted.lines, for: buyer, isPaid: takesPayment, asked: context.identity, at: clock.now())
        let placement = try await queue.admit {
            let placement = try await placements.place(saga, key: key, fingerprint: wanted.fingerprint)
            if case .unanswered(let id, _) = placement { queue.start(id) }
            return placement
        }
        let id: UUID
        switch placement {
        case .unanswered(let order, let isNew):
            id = order
            if isNew { context.logger.info("order placed", metadata: saga.metadata) }
        case .answered(let answer, let order):
            return try answer.response(for: try await existing(order))
        }
        await queue.rest(of: id, waitingAtMost: patience)
        let order = try await existing(id)
        if let key { try await placements.record(OrderAnswer(order), for: key, of: order) }
        return try order.placedResponse()
    }

    /// 200 once the pieces are given back; 202 while the product-service does not answer: it is cancelled all the same.
    @Sendable private func cancel(_: Request, _ context: ShopContext) async throws -> Response {
        let id = try await order(context.uuid("id"), context).id
        let (saga, changed) = try await sagas.cancel(id)
        if changed {
            outcomes.increment(["status": saga.order.status.rawValue])
            context.logger.info("order cancelled", metadata: saga.metadata)
        }
        guard saga.phase != .finished else { return .json(.ok, saga.order) }
        queue.start(id)
        await queue.rest(of: id, waitingAtMost: patience)
        let isFinished = try await sagas.find(id)?.phase == .finished
        return .json(isFinished ? .ok : .accepted, saga.order)
    }

    /// The order, if the one who asks may see it.
    private func order(_ id: UUID, _ context: ShopContext) async throws -> Order {
        let order = try await existing(id)
        guard try context.mayReach(order.userID) else { throw OrderError.unknown }
        return order
    }

    private func existing(_ id: UUID) async throws -> Order {
        guard let order = try await orders.find(id) else { throw OrderError.unknown }
        return order
    }
}

import Hummingbird
import Logging
import ServiceKit

/// Pieces that come and go without an order, and the trail of all that ever did. For operators.
struct StockMovementRoutes: Sendable {
    let movements: StockMovementStore

    var routes: [Route] {
        [
            .post("/api/products/:id/stock-movements", access: .operator, writing: ["delta", "reason"]) {
                request, body, context in
                let product = try context.uuid("id")
                let account = try context.account().id
                let asked = try StockMovementRequest(await body.read())
                let keyed = try IdempotencyKey(request.headers).map { key in
                    KeyedRequest(key, owner: account.text, body: asked.json(of: product))
                }
                let (movement, isNew) = try await movements.make(asked, of: product, by: account, keyed: keyed)
                context.logger.info(
                    isNew ? "stock moved" : "stock was moved before",
                    metadata: [
                        "productId": .string(product.text), "movementId": .string(movement.id.text),
                        "delta": .stringConvertible(movement.change.delta),
                        "reason": .string(movement.change.reason.rawValue),
                    ])
                return .json(.created, movement)
            }.described(Self.moving),
            .get("/api/products/:id/stock-movements", access: .operator) { request, context in
                let product = try context.uuid("id")
                let query = try StockMovementQuery(request, of: product)
                guard let page = try await movements.list(of: product, query) else { throw Problem.notFound }
                return .json(.ok, page)
            }.described(Self.listing),
        ]
    }
}

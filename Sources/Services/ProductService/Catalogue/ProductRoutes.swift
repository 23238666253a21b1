import HTTPTypes
import Hummingbird
import Logging
import ServiceKit

/// Offering, reading and changing products. Everybody may look; only operators change anything.
struct ProductRoutes: Sendable {
    let products: ProductStore

    var routes: [Route] {
        [
            .get("/api/products", access: .anyone) { request, _ in
                .json(.ok, try await products.list(ProductQuery(request)))
            }.described(Self.listing),
            .post("/api/products", access: .operator, writing: ["name", "description", "price", "stock"]) {
                request, body, context in
                let account = try context.account().id
                let offer = try ProductOffer(await body.read())
                let keyed = try IdempotencyKey(request.headers).map {
                    KeyedRequest($0, owner: account.text, body: offer.json)
                }
                let (product, isNew) = try await products.create(offer, by: account, keyed: keyed)
                context.logger.info(
                    isNew ? "product created" : "product was created before",
                    metadata: ["productId": .string(product.id.text)])
                return .json(.created, product, headers: product.madeHeaders)
            }.described(Self.offering),
            .get("/api/products/:id", access: .anyone) { request, context in
                guard let product = try await products.find(context.uuid("id")) else { throw Problem.notFound }
                // Anybody may keep it, and must ask each time: the stock is stale at the next sale.
                return .json(product, product.tag, to: request, cacheControl: "no-cache")
            }.described(Self.reading),
            .put("/api/products/:id", access: .operator, writing: ["name", "description", "price", "stock"]) {
                request, body, context in
                let id = try context.uuid("id")
                let account = try context.account().id
                let expected = try request.expectedVersion()
                let change = try ProductChange(await body.read())
                guard let product = try await products.change(id, change, from: expected, by: account) else {
                    throw Problem.notFound
                }
                context.logger.info("product changed", metadata: ["productId": .string(id.text)])
                return .json(product, product.tag, to: request)
            }.described(Self.changing),
        ]
    }
}

extension Product {
    /// Of the answer to the request that made it.
    fileprivate var madeHeaders: HTTPFields { [.location: "/api/products/\(id.text)", .eTag: tag.text] }
}

import Hummingbird
import Logging
import ServiceKit

/// Offering, reading and changing products. Everybody may look; only operators change anything.
struct ProductRoutes: Sendable {
    let products: ProductStore

    var routes: [Route] {
        [
            .get("/api/products", access: .anyone) { request, _ in
                .json(.ok, try await products.list(request.page()).json(\.json))
            },
            .post("/api/products", access: .operator) { request, context in
                let product = try await products.create(ProductOffer(request.json()))
                context.logger.info("product created", metadata: ["productId": .string(product.id.text)])
                return .json(.created, product.json, headers: [.location: "/api/products/\(product.id.text)"])
            },
            .get("/api/products/:id", access: .anyone) { _, context in
                guard let product = try await products.find(context.uuid("id")) else { throw Problem.notFound }
                return .json(.ok, product.json)
            },
            .put("/api/products/:id", access: .operator) { request, context in
                let id = try context.uuid("id")
                let change = try ProductChange(await request.json())
                guard let product = try await products.change(id, change) else { throw Problem.notFound }
                context.logger.info("product changed", metadata: ["productId": .string(id.text)])
                return .json(.ok, product.json)
            },
        ]
    }
}

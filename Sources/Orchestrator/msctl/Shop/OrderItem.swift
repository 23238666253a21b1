import ArgumentParser

/// `PRODUCT:QTY` on the command line; one of it without `:QTY`.
struct OrderItem: ExpressibleByArgument, Equatable {
    let product: String
    let quantity: Int

    init(product: String, quantity: Int) {
        self.product = product
        self.quantity = quantity
    }

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let product = parts.first, !product.isEmpty else { return nil }
        guard let quantity = parts.count == 2 ? Int(parts[1]) : 1, quantity > 0 else { return nil }
        self.init(product: String(product), quantity: quantity)
    }

    var body: JSONBody {
        .object([("productId", .string(product)), ("quantity", .integer(Int64(quantity)))])
    }
}

import ServiceKit

/// What an operator sends to offer a product: `{name, description?, price, stock}`.
struct ProductOffer: Sendable {
    let name: String
    let description: String
    let price: Money
    let stock: Int

    init(_ body: ObjectReader) throws(Problem) {
        var reader = body
        name = reader.string("name", length: 1...200)
        description = reader.optionalString("description", length: 0...4000, multiline: true) ?? ""
        let price = reader.money("price")
        stock = reader.integer("stock", in: 0...Product.largestStock)
        self.price = try reader.finish(price)
    }

    /// What is asked for, in one spelling.
    var json: JSONValue {
        [
            "name": .string(name), "description": .string(description), "price": price.json,
            "stock": .integer(Int64(stock)),
        ]
    }
}

/// The members an operator wants to change; absent ones stay.
struct ProductChange: Sendable {
    let name: String?
    let description: String?
    let price: Money?
    let stock: Int?

    init(_ body: ObjectReader) throws(Problem) {
        var reader = body
        name = reader.optionalString("name", length: 1...200)
        description = reader.optionalString("description", length: 0...4000, multiline: true)
        price = reader.optionalMoney("price")
        stock = reader.optionalInteger("stock", in: 0...Product.largestStock)
        try reader.finish()
    }

    /// Whether it makes anything of `product` but the stock different.
    func edits(_ product: Product) -> Bool {
        name.map { $0 != product.name } == true || description.map { $0 != product.description } == true
            || price.map { $0 != product.price } == true
    }
}

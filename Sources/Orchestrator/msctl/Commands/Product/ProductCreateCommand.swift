import ArgumentParser

struct ProductCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: "Put a product on sale.")

    @Option var name: String

    @Option(help: "As people write it: 19.99")
    var price: String

    @Option(help: "ISO 4217")
    var currency = "EUR"

    @Option(help: "How many there are.")
    var stock: Int

    @Option var description: String?

    @OptionGroup var idempotency: IdempotencyOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if Money(price, currency: currency) == nil {
            throw ValidationError("'\(price)' is no amount of '\(currency)'; write it like 19.99 EUR.")
        }
    }

    func run() async throws {
        let body = JSONBody.members([
            ("name", .string(name)), ("description", description.map { .string($0) }),
            ("price", Money(price, currency: currency)?.body), ("stock", .integer(Int64(stock))),
        ])
        var request = ShopRequest("POST", "api", "products", body: body)
        request.idempotencyKey = idempotency.key()
        let answer = try await Shop(global.context).call(request)
        try ShopOutput(global).one(answer, ShopProduct.self)
    }
}

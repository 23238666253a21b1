import ArgumentParser

struct ProductUpdateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change a product; what is not named stays.")

    @Argument(help: "The product's id.")
    var id: String

    @Option var name: String?

    @Option(help: "As people write it: 19.99")
    var price: String?

    @Option(help: "ISO 4217; by default the product's own.")
    var currency: String?

    @Option(help: "How many there are.")
    var stock: Int?

    @Option var description: String?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if name == nil && price == nil && stock == nil && description == nil {
            throw ValidationError("Nothing to change: give --name, --price, --stock or --description.")
        }
        if currency != nil && price == nil { throw ValidationError("--currency goes with --price.") }
    }

    func run() async throws {
        let change = ProductChange(
            name: name, description: description, price: price, currency: currency, stock: stock)
        let answer = try await change.apply(to: id, try Shop(global.context))
        try ShopOutput(global).one(answer, ShopProduct.self)
    }
}

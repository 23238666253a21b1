import ArgumentParser

struct ProductRestockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restock", abstract: "Say how many of a product there are from now on.")

    @Argument(help: "The product's id.")
    var id: String

    @Option(help: "How many there are.")
    var stock: Int

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let answer = try await ProductChange(stock: stock).apply(to: id, try Shop(global.context))
        try ShopOutput(global).one(answer, ShopProduct.self)
    }
}

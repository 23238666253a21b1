import ArgumentParser

struct ProductShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one product.")

    @Argument(help: "The product's id.")
    var id: String

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let answer = try await Shop(global.context).call(ShopRequest("GET", "api", "products", id))
        try ShopOutput(global).one(answer, ShopProduct.self)
    }
}

import ArgumentParser

struct ProductCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "product", abstract: "The shop's catalogue.",
        subcommands: [
            ProductCreateCommand.self, ProductListCommand.self, ProductShowCommand.self, ProductUpdateCommand.self,
            ProductStockCommand.self, ProductRestockCommand.self,
        ])
}

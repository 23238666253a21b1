import ArgumentParser

struct OrderShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one order.")

    @Argument(help: "The order's id.")
    var id: String

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let answer = try await Shop(global.context).call(ShopRequest("GET", "api", "orders", id))
        try ShopOutput(global).one(answer, ShopOrder.self)
    }
}

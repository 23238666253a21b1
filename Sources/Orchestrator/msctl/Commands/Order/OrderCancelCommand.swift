import ArgumentParser

struct OrderCancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancel an order; what it held is free again.")

    @Argument(help: "The order's id.")
    var id: String

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let answer = try await Shop(global.context).call(ShopRequest("POST", "api", "orders", id, "cancel"))
        try ShopOutput(global).one(answer, ShopOrder.self)
    }
}

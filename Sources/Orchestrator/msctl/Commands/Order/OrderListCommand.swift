import ArgumentParser

struct OrderListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the orders you may see.")

    @OptionGroup var page: PageOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        var request = ShopRequest("GET", "api", "orders")
        request.query = page.query
        try ShopOutput(global).page(try await Shop(global.context).call(request), of: ShopOrder.self)
    }
}

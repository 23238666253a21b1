import ArgumentParser

/// What has become of an order.
enum OrderStatus: String, ExpressibleByArgument, CaseIterable {
    case pending
    case confirmed
    case rejected
    case cancelled
}

struct OrderListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List your orders; the operator sees everybody's.",
        discussion: "With --status, as many pages are read as it takes to find the orders.")

    @Option(help: "Only those with this status.")
    var status: OrderStatus?

    @OptionGroup var page: PageOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let shop = try Shop(global.context)
        // The API lists orders by time only.
        let isMeant = status.map { wanted in { (order: ShopOrder) in order.status == wanted.rawValue } }
        let list = try await ShopList<ShopOrder>.read(ShopRequest("GET", "api", "orders"), page, shop, where: isMeant)
        ShopOutput(global).list(list)
    }
}

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
        commandName: "list", abstract: "List your orders; the operator sees everybody's.")

    @Option(help: "Only those with this status.")
    var status: OrderStatus?

    @OptionGroup var page: PageOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        var request = ShopRequest("GET", "api", "orders")
        if let status { request.query.append(("status", status.rawValue)) }
        let list = try await ShopList<ShopOrder>.read(request, page.complete(global), try Shop(global.context))
        ShopOutput(global).list(list)
    }
}

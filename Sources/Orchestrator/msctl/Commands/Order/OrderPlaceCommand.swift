import ArgumentParser

struct OrderPlaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "place", abstract: "Order products.",
        discussion: "With the same idempotency key the same order is placed once, however often this is run.")

    @Argument(help: ArgumentHelp("A product's id and how many of it.", valueName: "product:qty"))
    var items: [OrderItem]

    @OptionGroup var idempotency: IdempotencyOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        var request = ShopRequest("POST", "api", "orders", body: .object([("items", .array(items.map(\.body)))]))
        request.idempotencyKey = idempotency.key()
        let answer = try await Shop(global.context).call(request)
        try ShopOutput(global).one(answer, ShopOrder.self)
        if answer.status == 202 { global.context.console.talk("the order is not decided yet; see 'msctl order show'") }
    }
}

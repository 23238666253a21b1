import ArgumentParser

struct OrderCancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancel an order; what it held is free again.")

    @Argument(help: "The order's id.")
    var id: String

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let answer = try await Shop(global.context).call(Self.request(id))
        try ShopOutput(global).one(answer, ShopOrder.self)
        if answer.status == 202 {
            global.context.console.talk("the order is cancelled; what it held is given back a little later")
        }
    }

    static func request(_ id: String) -> ShopRequest {
        var request = ShopRequest("POST", "api", "orders", id, "cancel")
        request.isIdempotent = true
        return request
    }
}

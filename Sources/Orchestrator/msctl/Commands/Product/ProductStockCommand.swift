import ArgumentParser

struct ProductStockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stock", abstract: "List how a product's stock has changed and why, or change it.",
        discussion: """
            For example: msctl product stock ID --add 10 --reason received
            Unlike 'product restock' it adds to what there is at that moment, so nothing that is sold meanwhile is lost.
            """)

    @Argument(help: "The product's id.")
    var id: String

    @Option(help: ArgumentHelp("So many more.", valueName: "n"))
    var add: Int?

    @Option(help: ArgumentHelp("So many fewer.", valueName: "n"))
    var remove: Int?

    @Option(help: "Why: received, adjusted, damaged or lost.")
    var reason: String?

    @OptionGroup var idempotency: IdempotencyOptions
    @OptionGroup var page: PageOptions
    @OptionGroup var global: GlobalOptions

    /// nil when the list is asked for.
    var delta: Int? { add ?? remove.map { -$0 } }

    func validate() throws {
        if add != nil && remove != nil { throw ValidationError("--add and --remove exclude each other.") }
        for number in [add, remove].compactMap(\.self) where number < 1 {
            throw ValidationError("--add and --remove take a number from 1.")
        }
        if delta != nil && reason == nil { throw ValidationError("A change needs its --reason.") }
        if delta == nil && (reason != nil || idempotency.idempotencyKey != nil) {
            throw ValidationError("Nothing to change: give --add or --remove.")
        }
        if delta != nil && page.isGiven { throw ValidationError("--limit, --cursor and --all are for the list.") }
    }

    func run() async throws {
        let shop = try Shop(global.context)
        let output = ShopOutput(global)
        if let request = change() {
            try output.one(try await shop.call(request), ShopStockMovement.self)
        } else {
            let request = ShopRequest("GET", "api", "products", id, "stock-movements")
            output.list(try await ShopList<ShopStockMovement>.read(request, page.complete(global), shop))
        }
    }

    /// nil when the list is asked for.
    func change() -> ShopRequest? {
        guard let delta, let reason else { return nil }
        var request = ShopRequest(
            "POST", "api", "products", id, "stock-movements",
            body: .object([("delta", .integer(Int64(delta))), ("reason", .string(reason))]))
        request.idempotencyKey = idempotency.key()
        return request
    }
}

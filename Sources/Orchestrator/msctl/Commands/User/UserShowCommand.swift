import ArgumentParser

struct UserShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show an account.")

    @Argument(help: "The account's id; by default your own.")
    var id: String?

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let shop = try Shop(global.context)
        let id =
            if let id { id } else { try await shop.ownID() }
        try ShopOutput(global).one(try await shop.call(ShopRequest("GET", "api", "users", id)), ShopUser.self)
    }
}

import ArgumentParser

struct UserListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the accounts you may see.")

    @OptionGroup var page: PageOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        var request = ShopRequest("GET", "api", "users")
        request.query = page.query
        try ShopOutput(global).page(try await Shop(global.context).call(request), of: ShopUser.self)
    }
}

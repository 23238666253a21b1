import ArgumentParser

struct UserListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the accounts; for the operator.")

    @OptionGroup var page: PageOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let request = ShopRequest("GET", "api", "users")
        let list = try await ShopList<ShopUser>.read(request, page.complete(global), try Shop(global.context))
        ShopOutput(global).list(list)
    }
}

import ArgumentParser

struct UserMeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "me", abstract: "Show the account that you act as.",
        discussion: "Without a login that is the project's own operator account.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let answer = try await Shop(global.context).call(ShopRequest("GET", "api", "users", "me"))
        try ShopOutput(global).one(answer, ShopUser.self)
    }
}

import ArgumentParser

struct UserLogoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout", abstract: "End the login, here and at the API.",
        discussion: "From then on the project's own operator account acts. Without a login there is nothing to do.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let ended = try await Shop(global.context).logOut()
        global.context.console.talk(ended.map { "\($0.username) is logged out" } ?? "nobody is logged in")
    }
}

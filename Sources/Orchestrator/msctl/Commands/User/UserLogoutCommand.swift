import ArgumentParser

struct UserLogoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout", abstract: "End the login, here and at the API.",
        discussion: """
            From then on the project's own operator account acts. Without a login there is nothing to do; when the API does \
            not answer the login is forgotten here all the same.
            """)

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = global.context
        context.console.talk(try await Logout(context).run())
    }
}

import ArgumentParser

struct UserLoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Act as an account from now on.",
        discussion: "The password is asked for on a terminal, else read from stdin or a file.")

    @Option(name: [.long, .customLong("username")], help: "A user name or an e-mail address.")
    var login: String

    @Option(help: ArgumentHelp("Its first line is the password.", valueName: "file"), completion: .file())
    var passwordFile: String?

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = global.context
        let shop = try Shop(context)
        let password = try Password.read(file: passwordFile, context: context, confirmed: false)
        let answer = try await shop.client.logIn(login, password: password)
        let former = try await shop.keep(answer)
        try ShopOutput(global).session(answer)
        if let former { context.console.talk(former) }
    }
}

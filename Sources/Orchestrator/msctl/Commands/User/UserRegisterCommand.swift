import ArgumentParser

struct UserRegisterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register", abstract: "Make an account and act as it from now on.",
        discussion: "The password is asked for on a terminal, else read from stdin or a file.")

    @Option(help: "3 to 32 letters, digits, dots, underscores or hyphens.")
    var username: String

    @Option(help: "An e-mail address.")
    var email: String

    @Option(help: ArgumentHelp("Its first line is the password.", valueName: "file"), completion: .file())
    var passwordFile: String?

    @OptionGroup var idempotency: IdempotencyOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = global.context
        let shop = try Shop(context)
        let password = try Password.read(file: passwordFile, context: context, confirmed: true)
        let answer = try await shop.client.register(
            username: username, email: email, password: password, key: idempotency.key())
        let former = try await shop.keep(answer)
        try ShopOutput(global).session(answer)
        if let former { context.console.talk(former) }
    }
}

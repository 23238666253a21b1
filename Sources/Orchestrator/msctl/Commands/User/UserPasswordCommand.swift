import ArgumentParser

struct UserPasswordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password", abstract: "Change the password of the account you are logged in as.",
        discussion: """
            Both passwords are asked for on a terminal, else read from stdin: the current one on the first line, the new \
            one on the second. Each may come from a file instead.
            """)

    @Option(help: ArgumentHelp("Its first line is the current password.", valueName: "file"), completion: .file())
    var passwordFile: String?

    @Option(help: ArgumentHelp("Its first line is the new password.", valueName: "file"), completion: .file())
    var newPasswordFile: String?

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = global.context
        let shop = try Shop(context)
        let session = try shop.loggedIn()
        var input = Password(context: context)
        let current = try input.read(file: passwordFile, question: "Current password: ", confirmed: false)
        let new = try input.read(file: newPasswordFile, question: "New password: ", confirmed: true)
        _ = try await shop.call { Self.request(current: current, new: new, session: $0) }
        context.console.talk(Table.Cell("the password of \(session.username) is changed").text)
    }

    /// The refresh token says which login is to outlive the change.
    static func request(current: String, new: String, session: Session?) -> ShopRequest {
        let body = JSONBody.members([
            ("currentPassword", .string(current)), ("newPassword", .string(new)),
            ("refreshToken", session?.refreshToken.map { .string($0) }),
        ])
        return ShopRequest("POST", "api", "users", "me", "password", body: body)
    }
}

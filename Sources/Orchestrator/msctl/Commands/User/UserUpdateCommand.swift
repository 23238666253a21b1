import ArgumentParser

struct UserUpdateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change an account's profile; what is not named stays.")

    @Argument(help: "The account's id; by default your own.")
    var id: String?

    @Option var firstName: String?
    @Option var lastName: String?
    @Option var bio: String?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if firstName == nil && lastName == nil && bio == nil {
            throw ValidationError("Nothing to change: give --first-name, --last-name or --bio.")
        }
    }

    func run() async throws {
        let shop = try Shop(global.context)
        let id =
            if let id { id } else { try await shop.ownID() }
        let profile = JSONBody.members([
            ("firstName", firstName.map { .string($0) }), ("lastName", lastName.map { .string($0) }),
            ("bio", bio.map { .string($0) }),
        ])
        let change = VersionedChange(path: ["api", "users", id], subject: "the account")
        let answer = try await change.apply(to: shop) { _ in .object([("profile", profile)]) }
        try ShopOutput(global).one(answer, ShopUser.self)
    }
}

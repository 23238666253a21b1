import ServiceKit

/// Accounts of the shop: who people are, and the tokens that say so.
@main
enum UserServiceMain {
    static func main() async {
        await ServiceMain.run(UserServiceConfiguration.self) { configuration, runtime in
            try await UserService.assemble(configuration, in: runtime)
        }
    }
}

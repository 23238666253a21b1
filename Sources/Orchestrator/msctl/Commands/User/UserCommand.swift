import ArgumentParser

struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "The shop's accounts.",
        subcommands: [
            UserRegisterCommand.self, UserLoginCommand.self, UserLogoutCommand.self, UserMeCommand.self,
            UserPasswordCommand.self, UserShowCommand.self, UserUpdateCommand.self, UserListCommand.self,
        ])
}

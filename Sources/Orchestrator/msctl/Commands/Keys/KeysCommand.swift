import ArgumentParser

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "See to the keys that services sign with.", subcommands: [KeysRotateCommand.self]
    )
}

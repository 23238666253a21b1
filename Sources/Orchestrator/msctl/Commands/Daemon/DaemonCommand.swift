import ArgumentParser

struct DaemonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "daemon", abstract: "See to the project's daemon; the services do not notice.",
        subcommands: [DaemonStatusCommand.self, DaemonStopCommand.self, DaemonRestartCommand.self])
}

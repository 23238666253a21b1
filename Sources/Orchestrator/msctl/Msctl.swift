import ArgumentParser
import ControlAPI

/// The command line of msctl. Every command parses, calls and renders; what it does is elsewhere.
@main
struct Msctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "msctl",
        abstract: "Run a set of services on this machine: in order, watched, logged, and gone when told so.",
        version: "msctl \(ControlAPI.release)",
        groupedSubcommands: [
            CommandGroup(
                name: "Run",
                subcommands: [
                    UpCommand.self, DownCommand.self, StartCommand.self, StopCommand.self, RestartCommand.self,
                    ScaleCommand.self, KillCommand.self, BuildCommand.self, WatchCommand.self, WaitCommand.self,
                    RunCommand.self,
                ]),
            CommandGroup(
                name: "Look inside",
                subcommands: [
                    StatusCommand.self, LogsCommand.self, TraceCommand.self, WhyCommand.self, EventsCommand.self,
                    GraphCommand.self,
                    ConfigCommand.self,
                    DoctorCommand.self, DaemonCommand.self,
                ]),
            CommandGroup(
                name: "The shop",
                subcommands: [
                    UserCommand.self, ProductCommand.self, OrderCommand.self, KeysCommand.self, SmokeCommand.self,
                ]),
        ])

    static func main() async {
        await EntryPoint.run(Array(CommandLine.arguments.dropFirst()))
    }
}

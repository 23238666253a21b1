import ArgumentParser
import Manifest
import StateDirectory

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Bring the stack up, run a command, take the stack down, exit with the command's code.",
        usage: "msctl run [options] [--] command [argument ...]",
        discussion: """
            The command has the terminal and finds the services by USER_SERVICE_URL and the like, and MSCTL_ENDPOINTS, in \
            its environment. The stack goes down however the command ends, and with msctl itself; one that was up before \
            stays up. A command that a signal has ended gives 128 and the signal's number, one that does not exist 127, \
            one that cannot be run 126; when the stack does not come up, the code is that of 'up'.
            """)

    @Option(
        name: .customLong("service"),
        help: ArgumentHelp("Only this, with what it needs. Repeatable.", valueName: "service"))
    var services: [String] = []

    @Option(help: "How long to wait for readiness: 90s, 2m, 500ms.")
    var waitTimeout = DurationArgument(seconds: 120)

    @Flag(name: .long, help: "Start what was built before.")
    var noBuild = false

    @OptionGroup var global: GlobalOptions

    @Argument(parsing: .captureForPassthrough, help: "The command and its arguments.")
    var command: [String] = []

    /// Without the separator, which the parser leaves in.
    private var words: [String] { command.first == "--" ? Array(command.dropFirst()) : command }

    func validate() throws {
        guard words.first?.isEmpty == false else { throw ValidationError("there is no command to run") }
    }

    func run() async throws {
        let context = global.context
        _ = try ForegroundCommand.find(
            words[0], directory: context.currentDirectory, path: context.environment["PATH"] ?? "")
        let project = try context.project()
        let layout = StateLayout(project)
        let wanted = try project.closure(of: services)
        if !noBuild {
            _ = try await Builder(layout: layout, console: context.console, environment: context.environment)
                .build(wanted)
        }
        let run = StackRun(project: project, layout: layout, context: context, timeout: waitTimeout.duration)
        throw ExitCode(try await run.run(words, services: services))
    }
}

import ArgumentParser
import StateDirectory

struct StartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start services, with what they depend on, and wait until they are ready.")

    @Argument(help: "The services to start.")
    var services: [String]

    @Option(help: "How long to wait for readiness: 90s, 2m, 500ms.")
    var waitTimeout = DurationArgument(seconds: 120)

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = global.context
        let project = try context.project()
        try project.check(services)
        let layout = StateLayout(project)
        let control = try await DaemonLauncher(layout: layout, context: context).ensure()
        let run = UpRun(
            project: project, layout: layout, console: context.console, control: control,
            timeout: waitTimeout.duration)
        let result = try await run.up(services)
        if result.isUnchanged { context.console.talk("nothing to do: \(services.joined(separator: ", ")) up already") }
        if global.format == .json {
            let report = try StatusReport.read(layout, services: services)
            context.console.result(JSONOutput.document(StatusDocument(report)))
        }
    }
}

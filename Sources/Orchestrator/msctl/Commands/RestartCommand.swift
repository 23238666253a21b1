import ArgumentParser
import StateDirectory

struct RestartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Stop services and start them again by the manifest of now.",
        discussion: """
            Replicas are replaced one by one while an extra instance stands in; when that does not become ready, the old \
            ones go on serving.
            """)

    @Argument(help: "Services, or instances such as web.2; all by default.")
    var services: [String] = []

    @Option(help: "Time to stop in, instead of each service's own: 10s.")
    var timeout: DurationArgument?

    @Option(help: "How long to wait for readiness: 90s, 2m, 500ms.")
    var waitTimeout = DurationArgument(seconds: 120)

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = global.context
        let project = try context.project()
        let layout = StateLayout(project)
        let statuses = try CommandFailure.reading { () throws(StateError) in
            try StateReader(layout: layout).storedStatuses()
        }
        try KnownNames(project, instances: statuses.map(\.instance), layout: layout).check(services)
        let control = try await DaemonLauncher(layout: layout, context: context).ensure()
        let run = UpRun(
            project: project, layout: layout, console: context.console, control: control,
            timeout: waitTimeout.duration)
        _ = try await run.restart(services, grace: timeout?.duration)
        if global.format == .json {
            let report = try StatusReport.read(layout, services: services)
            context.console.result(JSONOutput.document(StatusDocument(report)))
        }
    }
}

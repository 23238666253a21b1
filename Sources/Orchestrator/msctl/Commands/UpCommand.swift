import ArgumentParser
import Manifest
import StateDirectory

struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Build what is out of date, start what is not running, and wait until all are ready.",
        discussion: """
            Unchanged services are not touched, changed ones are replaced, removed ones are stopped. Replicas are replaced \
            one by one while an extra instance stands in; when that does not become ready, the old ones go on serving.
            """)

    @Argument(help: "The services to bring up, with what they depend on; all by default.")
    var services: [String] = []

    @Option(help: "How long to wait for readiness: 90s, 2m, 500ms.")
    var waitTimeout = DurationArgument(seconds: 120)

    @Flag(name: .long, help: "Start what was built before.")
    var noBuild = false

    @Option(
        help: ArgumentHelp(
            "Instances of a service, instead of the manifest's number. Repeatable.", valueName: "service=number"))
    var scale: [ReplicaArgument] = []

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let started = ContinuousClock.now
        let context = global.context
        let project = try context.project().scaled(scale)
        let wanted = try project.closure(of: services)
        let layout = StateLayout(project)
        if !noBuild {
            _ = try await Builder(layout: layout, console: context.console, environment: context.environment)
                .build(wanted)
        }
        let control = try await DaemonLauncher(layout: layout, context: context).ensure()
        let run = UpRun(
            project: project, layout: layout, console: context.console, control: control,
            timeout: waitTimeout.duration)
        let result = try await run.up(services)
        switch global.format {
        case .json:
            let names = services.isEmpty ? [] : wanted.map(\.name)
            let report = try StatusReport.read(layout, services: names)
            context.console.result(JSONOutput.document(StatusDocument(report)))
        case .table:
            let summary = UpSummary(
                project: project.name, statuses: result.statuses, url: try UpSummary.url(in: layout),
                elapsed: ContinuousClock.now - started, isUnchanged: result.isUnchanged)
            context.console.talk(summary.text)
        }
    }
}

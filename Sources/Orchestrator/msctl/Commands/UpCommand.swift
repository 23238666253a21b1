import ArgumentParser
import LogStore
import Manifest
import StateDirectory

struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Build what is out of date, start what is not running, and wait until all are ready.",
        discussion: """
            Unchanged services are not touched, changed ones are replaced, removed ones are stopped. Replicas are replaced \
            one by one while an extra instance stands in; when that does not become ready, the old ones go on serving.

            What was started goes on when msctl is killed or its terminal closed. With --attach it goes down with msctl, \
            however that ends: Ctrl-C takes everything down in order (exit code 0), a second one ends it at once, a third \
            leaves it at that. It also ends when nobody reads stdout any more, and when every service has ended by itself.
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

    @Flag(name: .long, help: "Follow the logs, and take everything down at the end, whatever ends it.")
    var attach = false

    @Flag(name: .long, help: "Show what would be built and done, and do nothing.")
    var dryRun = false

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if attach && dryRun { throw ValidationError("--dry-run does nothing, so there is nothing for --attach") }
    }

    func run() async throws {
        let context = global.context
        let project = try context.project().scaled(scale)
        let wanted = try project.closure(of: services)
        let layout = StateLayout(project)
        if dryRun { return try await plan(project, layout, context) }
        if !noBuild {
            _ = try await Builder(layout: layout, console: context.console, environment: context.environment)
                .build(wanted)
        }
        if attach {
            let run = AttachedRun(
                project: project, layout: layout, context: context, timeout: waitTimeout.duration,
                logFormat: global.format == .json ? .json : .pretty)
            return try await run.run(services)
        }
        // Building, which may take minutes, says itself how long it took.
        let started = ContinuousClock.now
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

    private func plan(_ project: Project, _ layout: StateLayout, _ context: CommandContext) async throws {
        let plan = try await DryRun(project: project, layout: layout, context: context)
            .plan(services, builds: !noBuild)
        switch global.format {
        case .json: context.console.result(JSONOutput.document(PlanDocument(plan)))
        case .table: context.console.result(PlanTable.rendered(plan, style: context.console.outputStyle))
        }
    }
}

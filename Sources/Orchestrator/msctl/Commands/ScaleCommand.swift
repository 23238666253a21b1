import ArgumentParser
import StateDirectory

struct ScaleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale", abstract: "Set the number of instances of services, and wait until it is so.",
        discussion: """
            The first instance has the declared port, further ones have free ports. The number holds until the next 'up', \
            which goes by the manifest. Exits 3 when nothing is running.
            """)

    @Argument(help: ArgumentHelp("How many of which: web=3 worker=0.", valueName: "service=number"))
    var replicas: [ReplicaArgument]

    @Option(help: "How long to wait for readiness: 90s, 2m, 500ms.")
    var waitTimeout = DurationArgument(seconds: 120)

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = global.context
        let layout = try context.layout()
        let reader = StateReader(layout: layout)
        guard StopRun.isAnythingAlive(layout),
            let stored = try CommandFailure.reading({ () throws(StateError) in try reader.project() })
        else { throw CommandFailure.nothingRunning("nothing is running", hint: "msctl up --scale \(words)") }
        let project = try stored.scaled(replicas)
        let control = try await DaemonLauncher(layout: layout, context: context).ensure()
        let run = UpRun(
            project: project, layout: layout, console: context.console, control: control,
            timeout: waitTimeout.duration)
        let services = replicas.map(\.service)
        if try await run.scale(services).isUnchanged { context.console.talk("nothing to do: \(words) already") }
        if global.format == .json {
            let report = try StatusReport.read(layout, services: services)
            context.console.result(JSONOutput.document(StatusDocument(report)))
        }
    }

    private var words: String { replicas.map { "\($0.service)=\($0.replicas)" }.joined(separator: " ") }
}

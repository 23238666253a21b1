import ArgumentParser
import Manifest
import StateDirectory

struct WaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait until services are healthy, running, exited, or have logged something.",
        discussion: """
            A job that has ended successfully counts as healthy. With '--for exited' each exit is told, and one that was no \
            success makes the exit code 1. A log line counts from the start of the current run.

            Exits 75 when the time is over, 1 when it cannot come true any more, 3 when nothing is running.
            """)

    @Argument(help: "Services, or instances such as web.2.")
    var services: [String]

    @Option(name: .customLong("for"), help: "What to wait for.")
    var condition: WaitCondition = .healthy

    @Option(help: "How long at most: 90s, 2m, 500ms.")
    var timeout = DurationArgument(seconds: 60)

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = global.context
        let layout = try context.layout()
        guard StopRun.isAnythingAlive(layout) else {
            throw CommandFailure.nothingRunning("nothing is running", hint: "msctl up")
        }
        try KnownNames.read(layout).check(services)
        let run = WaitRun(
            layout: layout, control: try await DaemonLauncher(layout: layout, context: context).ensure(),
            project: try CommandFailure.reading { () throws(StateError) in try StateReader(layout: layout).project() },
            condition: condition, timeout: timeout.duration)
        let statuses = try await run.wait(for: services)
        if global.format == .json {
            let rows = statuses.map { StatusReport.Row(status: $0) }
            context.console.result(JSONOutput.document(Document(condition: condition.words, instances: rows)))
        }
        guard condition == .exited else { return }
        for status in statuses where global.format == .table { context.console.talk(Self.line(status)) }
        let failed = statuses.filter { !run.hasSucceeded($0) }
        guard failed.isEmpty else {
            throw CommandFailure.failed(
                "\(failed.map(\.instance.description).joined(separator: ", ")) did not end well",
                hint: "msctl logs \(failed[0].instance)", details: failed.flatMap { FailureBlock.lines($0, in: layout) }
            )
        }
    }

    /// `migrate.1  exited: exit code 0`.
    private static func line(_ status: InstanceStatus) -> String {
        "\(status.instance)  \(status.state.rawValue)" + (status.exit.map { ": \($0.words)" } ?? "")
    }

    /// `msctl.wait/1`: what was waited for, and the instances as they were then, in the shape of `msctl.status/1`. Of a log
    /// line no instance is told.
    private struct Document: Encodable {
        let schema = "msctl.wait/1"
        let condition: String
        let instances: [StatusDocument.Row]

        init(condition: String, instances: [StatusReport.Row]) {
            self.condition = condition
            self.instances = instances.map { StatusDocument.Row($0, probes: []) }
        }
    }
}

import ArgumentParser
import Manifest
import StateDirectory

struct WaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait until services are healthy, running, exited, or have logged something.",
        discussion: "Exits 75 when the time is over, 1 when it cannot come true any more, 3 when nothing is running.")

    @Argument(help: "The services to wait for.")
    var services: [String]

    @Option(name: .customLong("for"), help: "What to wait for.")
    var condition: WaitCondition = .healthy

    @Option(help: "How long at most: 90s, 2m, 500ms.")
    var timeout = DurationArgument(seconds: 60)

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let layout = try global.context.layout()
        let reader = StateReader(layout: layout)
        guard reader.daemon() != .absent else {
            throw CommandFailure.nothingRunning("nothing is running", hint: "msctl up")
        }
        try CommandFailure.reading { () throws(StateError) in try reader.project() }?.check(services)
        let run = WaitRun(
            layout: layout, control: try ControlClient(layout: layout), condition: condition,
            timeout: timeout.duration)
        try await run.wait(for: services)
    }
}

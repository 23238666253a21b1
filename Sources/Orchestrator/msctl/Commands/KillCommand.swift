import ArgumentParser
import ControlAPI
import Glibc
import StateDirectory

struct KillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kill", abstract: "Send a signal to the processes of services.",
        discussion: """
            What follows is the restart policy's, as when the service had ended by itself; 'stop' is for good. Exits 3 when \
            none of them is running.
            """)

    @Option(name: .shortAndLong, help: "Its name or number: TERM, SIGTERM, 15.")
    var signal = SignalArgument(SIGKILL)

    @Argument(help: "Services, or instances such as web.2.")
    var services: [String]

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = global.context
        let layout = try context.layout()
        guard StopRun.isAnythingAlive(layout) else {
            throw CommandFailure.nothingRunning("nothing is running", hint: "msctl up")
        }
        try KnownNames.read(layout).check(services)
        let control = try await DaemonLauncher(layout: layout, context: context).ensure()
        let reached = try await control.kill(KillRequest(services: services, signal: signal.number)).instances
        guard !reached.isEmpty else {
            throw CommandFailure.nothingRunning(
                "nothing of \(services.joined(separator: ", ")) is running", hint: "msctl status")
        }
        switch global.format {
        case .json: context.console.result(JSONOutput.document(Document(signal, reached)))
        case .table:
            context.console.talk("\(signal.name) sent to \(reached.map(\.description).joined(separator: ", "))")
        }
    }

    /// `msctl.kill/1`: what was sent to whom.
    private struct Document: Encodable {
        let schema = "msctl.kill/1"
        let signal: Int32
        let instances: [String]

        init(_ signal: SignalArgument, _ instances: [InstanceID]) {
            self.signal = signal.number
            self.instances = instances.map(\.description)
        }
    }
}

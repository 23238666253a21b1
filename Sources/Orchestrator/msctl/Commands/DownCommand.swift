import ArgumentParser
import StateDirectory
import SystemPackage

struct DownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "Stop services in reverse order and leave nothing behind.",
        discussion:
            "Afterwards it is looked whether a process, a port or a socket of them is left: exit code 1, and their names."
    )

    @Argument(help: "The services to take down; all, and the daemon, by default.")
    var services: [String] = []

    @Option(help: "Time to stop in, instead of each service's own: 10s.")
    var timeout: DurationArgument?

    @Flag(name: .long, help: "Also delete the services' data.")
    var volumes = false

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = global.context
        let layout = try context.layout()
        if !services.isEmpty { try KnownNames.read(layout).checkServices(services) }
        if StopRun.isAnythingAlive(layout) {
            let left = try await DownRun(layout: layout, context: context).run(services, grace: timeout)
            try left.check(context.console)
            if global.format == .json { context.console.result(JSONOutput.document(Document(left))) }
        } else {
            context.console.talk("nothing is running")
            if global.format == .json {
                context.console.result(JSONOutput.document(Document(Leftovers.now(layout, ProjectFootprint()))))
            }
        }
        if volumes { try deleteData(layout) }
    }

    private func deleteData(_ layout: StateLayout) throws(CommandFailure) {
        let paths = services.isEmpty ? [layout.data] : services.map { layout.data(of: $0) }
        try CommandFailure.reading { () throws(StateError) in
            for path in paths { try AtomicFile.remove(path) }
        }
        // The accounts are gone, and with them whoever was logged in.
        if services.isEmpty { try SessionStore(layout: layout).removeAll() }
    }

    /// `msctl.down/1`: how much is left, and of how much.
    private struct Document: Encodable {
        let schema = "msctl.down/1"
        let processes: Int
        let ports: Int
        let sockets: Int
        let checked: Checked

        struct Checked: Encodable {
            let processes: Int
            let sessions: Int
            let ports: Int
            let sockets: Int
        }

        init(_ left: Leftovers) {
            processes = left.processes.count
            ports = left.ports.count
            sockets = left.sockets.count
            checked = Checked(
                processes: left.footprint.processes.count, sessions: left.footprint.sessions.count,
                ports: left.footprint.ports.count, sockets: left.footprint.sockets.count + 1)
        }
    }
}

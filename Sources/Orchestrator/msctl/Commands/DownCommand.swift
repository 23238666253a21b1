import ArgumentParser
import StateDirectory
import SystemPackage

struct DownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "Stop services in reverse order and leave nothing behind.",
        discussion: "Afterwards it is checked that no process, port or socket of them is left.")

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
        let stop = StopRun(layout: layout, context: context, grace: timeout, forgets: true)
        if !services.isEmpty { try KnownNames.read(layout).checkServices(services) }
        if StopRun.isAnythingAlive(layout) {
            let footprint = try ProjectFootprint.read(layout, services: services)
            try await stop.run(services)
            if services.isEmpty { try await DaemonEnd.wait(layout) }
            try check(Leftovers.now(layout, ports: footprint.ports, pids: footprint.pids, services: services), context)
        } else {
            context.console.talk("nothing is running")
            if global.format == .json {
                context.console.result(JSONOutput.document(Document(Leftovers.now(layout, ports: [], pids: []))))
            }
        }
        if volumes { try deleteData(layout) }
    }

    private func check(_ left: Leftovers, _ context: CommandContext) throws(CommandFailure) {
        guard left.isEmpty else { throw .failed(left.summary, hint: "msctl status", details: left.lines) }
        switch global.format {
        case .json: context.console.result(JSONOutput.document(Document(left)))
        case .table: context.console.talk(left.summary)
        }
    }

    private func deleteData(_ layout: StateLayout) throws(CommandFailure) {
        let paths = services.isEmpty ? [layout.data] : services.map { layout.data(of: $0) }
        try CommandFailure.reading { () throws(StateError) in
            for path in paths { try AtomicFile.remove(path) }
        }
        // The accounts are gone, and with them whoever was logged in.
        if services.isEmpty { try SessionStore(layout: layout).removeAll() }
    }

    /// `msctl.down/1`: how much is left.
    private struct Document: Encodable {
        let schema = "msctl.down/1"
        let processes: Int
        let ports: Int
        let sockets: Int

        init(_ left: Leftovers) {
            processes = left.processes.count
            ports = left.ports.count
            sockets = left.sockets.count
        }
    }
}

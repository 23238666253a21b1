import ArgumentParser
import StateDirectory

struct DaemonRestartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "End the daemon and start it again; it takes over what runs.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let context = global.context
        let layout = try context.layout()
        if StateReader(layout: layout).daemon() != .absent {
            _ = try await ControlClient(layout: layout).shutDown()
            try await DaemonEnd.wait(layout)
        }
        _ = try await DaemonLauncher(layout: layout, context: context).ensure()
    }
}

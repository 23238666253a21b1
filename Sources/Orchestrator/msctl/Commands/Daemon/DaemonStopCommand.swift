import ArgumentParser
import StateDirectory

struct DaemonStopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "End the daemon; services, their shims and their logs go on.",
        discussion: "Nothing is restarted or probed until it is back. Exits 3 when it is not running.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let layout = try global.context.layout()
        guard StateReader(layout: layout).daemon() != .absent else {
            throw CommandFailure.nothingRunning("msctld is not running", hint: "msctl up")
        }
        _ = try await ControlClient(layout: layout).shutDown()
        try await DaemonEnd.wait(layout)
    }
}

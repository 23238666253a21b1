import ArgumentParser
import StateDirectory

struct DaemonStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show whether the daemon runs.", discussion: "Exits 3 when it does not.")

    @OptionGroup var global: GlobalOptions

    func run() throws {
        let context = global.context
        let layout = try context.layout()
        guard case .running(let pid, let since) = StateReader(layout: layout).daemon() else {
            throw CommandFailure.nothingRunning("msctld is not running", hint: "msctl up")
        }
        switch global.format {
        case .json:
            context.console.result(
                JSONOutput.document(
                    Document(
                        pid: pid, since: TimeText.rfc3339(milliseconds: since), socket: "\(layout.controlSocket)",
                        log: "\(layout.daemonLog)")))
        case .table where global.shared.quiet:
            context.console.result(String(pid))
        case .table:
            var table = Table([.right("PID"), .right("SINCE"), .left("SOCKET"), .left("LOG")])
            let age = Duration.milliseconds(TimeText.nowMilliseconds - since)
            table.add([
                Table.Cell(String(pid)), Table.Cell(TimeText.coarse(age)), Table.Cell("\(layout.controlSocket)"),
                Table.Cell("\(layout.daemonLog)"),
            ])
            context.console.result(table.rendered(context.console.outputStyle))
        }
    }

    /// `msctl.daemon/1`.
    private struct Document: Encodable {
        let schema = "msctl.daemon/1"
        let pid: Int32
        let since: String
        let socket: String
        let log: String
    }
}

import ArgumentParser
import StateDirectory

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show each instance: state, health, age, process, port, use, and what is wrong.",
        discussion: "Exits 3 when nothing is running.", aliases: ["ps"])

    @Argument(help: "Services or instances to show; all by default.")
    var services: [String] = []

    @OptionGroup var global: GlobalOptions

    func run() throws {
        let context = global.context
        let report = try StatusReport.read(
            try context.layout(), services: services, withProbes: global.format == .json)
        switch global.format {
        case .json:
            context.console.result(JSONOutput.document(StatusDocument(report)))
        case .table where global.shared.quiet:
            for row in report.rows { context.console.result(row.status.instance.description) }
        case .table:
            if !report.rows.isEmpty {
                context.console.result(
                    StatusTable.rendered(
                        report, now: TimeText.nowMilliseconds, style: context.console.outputStyle))
            }
        }
        guard report.isAnythingRunning else {
            throw CommandFailure.nothingRunning("nothing is running", hint: "msctl up")
        }
    }
}

import LogStore
import StateDirectory

/// `msctl status`, once.
struct StatusRun {
    let context: CommandContext
    /// Services or instances; all for none.
    let names: [String]
    let format: OutputFormat

    func run() throws(CommandFailure) {
        let layout = try context.layout()
        let report = try StatusReport.read(layout, services: names, withProbes: format == .json)
        let console = context.console
        switch format {
        case .json: console.result(JSONOutput.document(StatusDocument(report, disk: DiskSpace(layout.root))))
        case .table where console.isQuiet:
            for row in report.rows { console.result(row.status.instance.description) }
        case .table:
            if !report.rows.isEmpty {
                console.result(
                    StatusTable.rendered(
                        report, now: TimeText.nowMilliseconds, style: console.outputStyle, room: console.outputWidth))
            }
        }
        if format == .table, let warning = DiskWarning.text(layout) { console.complain(warning) }
        guard report.isAnythingRunning else {
            throw CommandFailure.nothingRunning("nothing is running", hint: "msctl up")
        }
    }
}

extension StatusRun {
    /// `status` and `status --format json` as prompts and scripts call them, many times a minute: understood without the
    /// parser, which takes as long as all the rest together. nil for anything else.
    init?(plain arguments: [String]) {
        guard arguments.first == "status" else { return nil }
        switch arguments.dropFirst() {
        case []: format = .table
        case ["--format", "json"]: format = .json
        default: return nil
        }
        names = []
        context = CommandContext()
    }
}

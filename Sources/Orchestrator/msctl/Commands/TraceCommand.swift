import ArgumentParser
import CLinux
import LogStore

struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Show one request's way through all services, on a time axis.",
        discussion: """
            ID is a trace, a request, or anything that services write about, such as an order: the lines that hold it as \
            a field, and all lines of the traces that those belong to, of every run, from the log files alone.
            """)

    @Argument(help: "The id of a trace, a request or an order.")
    var id: String

    @OptionGroup var global: GlobalOptions

    func run() throws {
        let context = global.context
        let layout = try context.layout()
        let search: TraceSearch
        do {
            let reader = LogReader(layout: layout)
            try reader.check(LogQuery())
            search = try TraceSearch.find(id, in: reader)
        } catch {
            throw CommandFailure(error)
        }
        guard let timeline = TraceTimeline(search.lines) else {
            throw CommandFailure.failed("no line of any run holds '\(id)'", hint: "msctl logs --run all --grep \(id)")
        }
        switch global.format {
        case .json: context.console.result(JSONOutput.document(TraceDocument(id, search, timeline)))
        case .table:
            var size: (columns: Int32, rows: Int32) = (100, 24)
            _ = clinux_terminal_size(STDOUT_FILENO, &size.columns, &size.rows)
            let chart = TraceChart(
                search: search, timeline: timeline, width: Int(size.columns), style: context.console.outputStyle)
            context.console.result(chart.text)
        }
    }
}

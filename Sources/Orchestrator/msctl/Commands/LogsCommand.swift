import ArgumentParser
import LogStore
import StateDirectory

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Show what services have written, merged in time order.",
        discussion: """
            Works whether anything runs or not: the files of every run are read as they are. A line without a level is \
            judged by the record above it, or else as info on stdout and as error on stderr.
            """)

    @Argument(help: "Services, or instances such as user-service.2; all by default.")
    var services: [String] = []

    @Flag(name: .shortAndLong, help: "Go on with what is written, through restarts.")
    var follow = false

    @Option(help: ArgumentHelp("Only the last so many lines, or all.", valueName: "lines"))
    var tail = TailArgument(lines: nil)

    @Option(
        help: ArgumentHelp(
            "From this time on: 2026-01-31T12:00:00 by your clock, or with a zone, or how long ago (10m, 2d).",
            valueName: "time"))
    var since: TimeArgument?

    @Option(help: ArgumentHelp("Before this time, given in the same ways.", valueName: "time"))
    var until: TimeArgument?

    @Option(help: ArgumentHelp("At least as grave as this; names of other loggers (warn, fatal) will do."))
    var level: LogLevel?

    @Option(help: ArgumentHelp("Lines in which this regular expression (PCRE2) is found.", valueName: "regex"))
    var grep: String?

    @Option(
        name: [.customShort("v"), .customLong("grep-not")],
        help: ArgumentHelp("Lines in which this regular expression is not found.", valueName: "regex"))
    var grepNot: String?

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            "Lines with such fields: 'status >= 500 and path ~ \"^/api\"' (= != < <= > >= ~ !~ in, and, or, not).",
            valueName: "condition"))
    var condition: String?

    @Option(help: ArgumentHelp("Lines of this trace.", valueName: "id"))
    var trace: String?

    @Option(help: ArgumentHelp("Lines of this request.", valueName: "id"))
    var requestID: String?

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp(
            "Of each instance its last run, all runs, or the run of this number. (default: last)", valueName: "run"))
    var runs: RunArgument?

    @Option(help: "This stream only.")
    var stream: LogStream?

    @Option(
        help: ArgumentHelp(
            """
            Go on behind this place, as --show-cursor told it or as msctl.log/1 has it: INSTANCE/RUN/STREAM:OFFSET, \
            separated by commas.
            """, valueName: "cursor"))
    var after: LogCursor?

    @Flag(help: "Say where the reading ended, for --after; with --follow --format json behind each batch of lines.")
    var showCursor = false

    @Option(help: "How lines are printed: for people, as msctl.log/1, or byte by byte.")
    var format: LogFormat = .pretty

    @Flag(
        help:
            "Instead of showing anything, make the index of the services' logs anew, from the files of all their runs.")
    var reindex = false

    // Without its short form: here -f follows.
    @Option(
        name: .long, help: ArgumentHelp("A manifest, or a directory of manifests. Repeatable.", valueName: "path"),
        completion: .file(extensions: ["yaml", "yml"]))
    var file: [String] = []

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let context = CommandContext(shared: shared, files: file)
        let layout = try context.layout()
        if reindex { return try makeIndex(layout, context.console) }
        let columns = layout.instances.map(\.description.utf8.count).max() ?? 0
        let printer = LogPrinter(format, isColoured: context.console.outputIsLive, columns: columns)
        var run = LogsRun(
            layout: layout, query: query, format: format, console: context.console, output: LogOutput(printer))
        try await run.run(follows: follow, showsCursor: showCursor)
    }

    func validate() throws {
        let narrows =
            [grep, grepNot, condition, trace, requestID].contains { $0 != nil } || since != nil || until != nil
            || level != nil || stream != nil || runs != nil || tail.lines != nil || after != nil
        if reindex, follow || narrows || showCursor || format != .pretty {
            throw ValidationError("--reindex shows nothing: it takes services only")
        }
        if after != nil, runs != nil {
            throw ValidationError("--run and --after do not go together: a cursor says from which runs on")
        }
        if showCursor, follow, format != .json {
            throw ValidationError("--show-cursor with --follow needs --format json: it is told between the lines")
        }
    }

    private func makeIndex(_ layout: StateLayout, _ console: Console) throws {
        let start = ContinuousClock.now
        let amount: IndexedAmount
        do {
            amount = try Reindexing.run(layout, services: services)
        } catch {
            throw CommandFailure(error)
        }
        let seconds = TimeText.elapsed(ContinuousClock.now - start)
        console.result("indexed \(amount.lines) lines, \(StatusTable.bytes(UInt64(amount.bytes))), in \(seconds)")
    }

    private var query: LogQuery {
        let now = LogTime.now()
        var query = LogQuery()
        query.services = services
        query.tail = tail.lines
        query.since = since?.time(now)
        query.until = until?.time(now)
        query.minimumLevel = level
        query.pattern = grep
        query.exclusion = grepNot
        query.condition = condition
        query.traceID = trace
        query.requestID = requestID
        if let runs { query.runs = runs.runs }
        query.after = after
        if let stream { query.streams = [stream] }
        return query
    }
}

import ArgumentParser
import LogStore
import StateDirectory

struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Show what has happened to services: starts, exits, health, restarts.",
        discussion: """
            Works whether anything runs or not, and remembers the last 10,000 events. With --format json each event is \
            one line, msctl.event/1, counted by its seq. Ctrl-C ends --follow with exit code 0.

            The events:
            \(EventName.allCases.map { "  \($0.rawValue): \($0.meaning)" }.joined(separator: "\n"))
            """)

    @Argument(help: "Services, or instances such as user-service.2; all by default.")
    var services: [String] = []

    @Flag(name: .shortAndLong, help: "Go on with what happens, also when the daemon comes and goes.")
    var follow = false

    @Option(help: ArgumentHelp("Only the last so many events, or all.", valueName: "events"))
    var tail = TailArgument(lines: nil)

    @Option(
        help: ArgumentHelp(
            "From this time on: 2026-01-31T12:00:00 by your clock, or with a zone, or how long ago (10m, 2d).",
            valueName: "time"))
    var since: TimeArgument?

    @Option(name: .long, help: "How events are printed: for people, or as msctl.event/1.")
    var format: OutputFormat = .table

    // Without its short form: here -f follows.
    @Option(
        name: .long, help: ArgumentHelp("A manifest, or a directory of manifests. Repeatable.", valueName: "path"),
        completion: .file(extensions: ["yaml", "yml"]))
    var file: [String] = []

    @OptionGroup var shared: SharedOptions

    func run() throws {
        let context = CommandContext(shared: shared, files: file)
        var query = EventQuery()
        query.services = services
        query.tail = tail.lines
        query.since = since.map { $0.time(LogTime.now()).nanoseconds / 1_000_000 }
        let run = EventsRun(layout: try context.layout(), query: query, format: format, console: context.console)
        if follow {
            Interruption.endsInSuccess()
            try run.follow()
        } else {
            try run.read()
        }
    }
}

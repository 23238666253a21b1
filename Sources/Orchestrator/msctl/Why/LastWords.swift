import LogStore
import StateDirectory

/// The line of a run's logs that most likely tells what went wrong.
struct LastWords {
    let time: LogTime
    let level: LogLevel?
    let stream: LogStream
    let message: String

    /// Whether it says so itself; otherwise it is only the last thing that was said.
    var isError: Bool { (level ?? .info) >= .error || stream == .stderr }

    /// The last line whose record calls it an error; else, on stderr, the last that speaks of one, or the last; else the
    /// last of all. nil when nothing was said. Blocks while it reads.
    static func of(_ instance: InstanceID, run: Int, in layout: StateLayout) throws(LogError) -> LastWords? {
        var query = LogQuery()
        query.services = [instance.description]
        query.runs = .number(run)
        query.pattern = "\\S"
        query.tail = 50
        query.minimumLevel = .error
        let reader = LogReader(layout: layout)
        var found = try reader.lines(query)
        let errors = try found.all()
        if let line = errors.last(where: { ($0.level ?? .info) >= .error }) { return LastWords(line) }
        // Text without records on stderr counts as an error line by line: of a trace, the line that names it.
        if let line = errors.last(where: { speaksOfTrouble($0.message) }) ?? errors.last { return LastWords(line) }
        query.minimumLevel = nil
        query.tail = 1
        var all = try reader.lines(query)
        return try all.next().map(LastWords.init)
    }

    private static func speaksOfTrouble(_ text: String) -> Bool {
        let text = text.lowercased()
        return ["error", "fatal", "panic", "exception"].contains { text.contains($0) }
    }

    private init(_ line: LogLine) {
        time = line.time
        level = line.level
        stream = line.stream
        message = line.message
    }
}

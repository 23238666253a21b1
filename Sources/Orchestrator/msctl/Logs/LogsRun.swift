import LogStore
import StateDirectory

/// Prints what a query finds, and goes on with what comes.
struct LogsRun {
    let layout: StateLayout
    let query: LogQuery
    let format: LogFormat
    let console: Console
    var output: LogOutput

    init(layout: StateLayout, query: LogQuery, format: LogFormat, console: Console, output: LogOutput) {
        self.layout = layout
        self.query = query
        self.format = format
        self.console = console
        self.output = output
    }

    /// - Parameter showsCursor: with JSON as an object behind each batch of lines, else on stderr at the end.
    mutating func run(follows: Bool, showsCursor: Bool) async throws(CommandFailure) {
        do {
            let reader = LogReader(layout: layout)
            try reader.check(query)
            try tellWhatIsMissing(reader)
            if follows || showsCursor { try await follow(follows, showsCursor) } else { try read() }
        } catch let error as LogError {
            throw CommandFailure(error)
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw .failed("the logs cannot be read: \(error)")
        }
    }

    /// Says on stderr which lines of those asked for are there no more, and why an index is of no use.
    private func tellWhatIsMissing(_ reader: LogReader) throws {
        let all: [DroppedLines]
        do {
            all = try reader.dropped(query)
        } catch LogError.index(let why) {
            return console.talk("\(why); 'msctl logs --reindex' makes it anew")
        }
        for missed in reader.missedRuns(query) {
            let further = missed.last > missed.reached ? ", and the runs up to \(missed.last)," : ""
            let what = "what was left of run \(missed.reached)\(further)"
            console.talk("\(missed.instance): \(what) was dropped (logs.runs, logs.retain)")
        }
        for dropped in all {
            let size = "\(dropped.lines) lines (\(StatusTable.bytes(UInt64(clamping: dropped.bytes))))"
            if let run = dropped.run {
                console.talk(
                    "\(dropped.instance): the first \(size) of run \(run) were dropped to save space (logs.retain)")
            } else {
                console.talk(
                    "\(dropped.instance): \(dropped.runs) runs with \(size) were dropped (logs.runs, logs.retain)")
            }
        }
    }

    private mutating func read() throws {
        let batches = LogReader(layout: layout).batches(query)
        while let batch = try batches.next() {
            guard try output.print(batch) else { return }
        }
        _ = try output.flush()
    }

    private mutating func follow(_ follows: Bool, _ showsCursor: Bool) async throws {
        let follower = try await LogFollower.start(layout: layout, query: query)
        if !follows { follower.finish() }
        // What comes behind that time is not wanted.
        let end = query.until.map { until in
            Task {
                let wait = until.nanoseconds.subtractingReportingOverflow(LogTime.now().nanoseconds).partialValue
                try? await Task.sleep(for: .nanoseconds(max(0, wait)) + .seconds(1))
                follower.finish()
            }
        }
        defer { end?.cancel() }
        var last: LogCursor?
        for try await batch in follower {
            guard try output.print(batch.lines) else { return }
            last = batch.cursor ?? last
            if batch.skipped > 0 {
                let size = StatusTable.bytes(UInt64(batch.skipped))
                console.complain("\(size) of log lines were dropped before they were read (logs.retain)")
            }
            if showsCursor, format == .json, let cursor = batch.cursor { output.print(cursor) }
            guard try output.flush() else { return }
        }
        if showsCursor, format != .json, let last { console.complain("-- cursor: \(last)") }
    }
}

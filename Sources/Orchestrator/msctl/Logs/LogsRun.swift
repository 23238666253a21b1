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
            try LogReader(layout: layout).check(query)
            if follows || showsCursor { try await follow(follows, showsCursor) } else { try read() }
        } catch let error as LogError {
            throw CommandFailure(error)
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw .failed("the logs cannot be read: \(error)")
        }
    }

    private mutating func read() throws {
        let batches = try LogReader(layout: layout).batches(query)
        while let batch = try batches.next() {
            for line in batch {
                guard try output.print(line) else { return }
            }
        }
        _ = try output.flush()
    }

    private mutating func follow(_ follows: Bool, _ showsCursor: Bool) async throws {
        let follower = try await LogFollower.start(layout: layout, query: query)
        if !follows { follower.finish() }
        var last: LogCursor?
        for try await batch in follower {
            for line in batch {
                guard try output.print(line) else { return }
            }
            last = batch.cursor ?? last
            if showsCursor, format == .json, let cursor = batch.cursor { output.print(cursor) }
            guard try output.flush() else { return }
        }
        if showsCursor, format != .json, let last { console.complain("-- cursor: \(last)") }
    }
}

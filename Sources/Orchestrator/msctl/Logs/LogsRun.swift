import LogStore
import StateDirectory

/// Prints what a query finds, and goes on with what comes.
struct LogsRun {
    let layout: StateLayout
    let query: LogQuery
    var output: LogOutput

    init(layout: StateLayout, query: LogQuery, output: LogOutput) {
        self.layout = layout
        self.query = query
        self.output = output
    }

    mutating func run(follows: Bool) async throws(CommandFailure) {
        do {
            try LogReader(layout: layout).check(query)
            if follows { try await follow() } else { try read() }
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

    private mutating func follow() async throws {
        for try await batch in try await LogFollower.start(layout: layout, query: query) {
            for line in batch {
                guard try output.print(line) else { return }
            }
            guard try output.flush() else { return }
        }
    }
}

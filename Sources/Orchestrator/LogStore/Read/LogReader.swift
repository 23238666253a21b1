import StateDirectory

/// Reads the logs of a project: of what runs, and of what has run. It needs no daemon.
///
/// Today every line of every selected file is scanned. An index makes it faster without changing it: it gives
/// ``LineCursor`` narrower offsets to read between.
package struct LogReader: Sendable {
    package let layout: StateLayout

    package init(layout: StateLayout) { self.layout = layout }

    /// The lines that a query asks for, as the files are now; what is written later is not read. Blocks while it reads.
    package func lines(_ query: LogQuery) throws(LogError) -> LogLines {
        try check(query)
        let filter = try LineFilter(query)
        var chains: [[LogExtent]] = []
        for files in LogSelection(layout: layout, query: query).chains() {
            var chain: [LogExtent] = []
            for file in files { chain.append(try LogExtent(all: file)) }
            chains.append(chain)
        }
        return try Self.lines(chains, tail: query.tail, filter: filter)
    }

    /// Every line of one trace, over all services and runs.
    package func lines(ofTrace id: String) throws(LogError) -> LogLines {
        var query = LogQuery()
        query.traceID = id
        query.runs = .all
        return try lines(query)
    }

    /// Every line of one request, over all services and runs.
    package func lines(ofRequest id: String) throws(LogError) -> LogLines {
        var query = LogQuery()
        query.requestID = id
        query.runs = .all
        return try lines(query)
    }

    /// Throws what a query would: a service without logs, a run that is not there, a pattern that is none.
    package func check(_ query: LogQuery) throws(LogError) {
        _ = try LineFilter(query)
        try LogSelection(layout: layout, query: query).check()
    }

    /// Merges chains of files.
    static func lines(_ chains: [[LogExtent]], tail: Int?, filter: LineFilter) throws(LogError) -> LogLines {
        if let tail { return try LogTail.last(tail, chains, filter: filter) }
        return LogLines(chains.map { LineChain($0, filter: filter) })
    }
}

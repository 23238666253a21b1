import StateDirectory

/// Reads the logs of a project: of what runs, and of what has run. It needs no daemon.
///
/// Where msctld has indexed a file, parts of it that cannot hold what is asked for are not read. That makes it faster and
/// changes nothing else; what is not in the index is scanned.
package struct LogReader: Sendable {
    package let layout: StateLayout

    /// For tests: what reads everything is what the index is held against.
    var readsEverything = false

    package init(layout: StateLayout) { self.layout = layout }

    /// The lines that a query asks for, as the files are now; what is written later is not read. Blocks while it reads.
    package func lines(_ query: LogQuery) throws(LogError) -> LogLines {
        try check(query)
        let filter = try LineFilter(query)
        // Before the files are measured, see there.
        let index = openIndex()
        var chains: [[LogExtent]] = []
        let selection = LogSelection(layout: layout, query: query)
        for files in selection.chains() {
            var chain: [LogExtent] = []
            for file in files {
                guard let start = try selection.start(of: file) else { continue }
                chain.append(try LogExtent(all: file, from: start))
            }
            chains.append(chain)
        }
        return try Self.lines(chains, tail: query.tail, filter: filter, index: index)
    }

    /// The same, read ahead on a thread of its own: for who prints them all.
    package func batches(_ query: LogQuery) -> LogBatches {
        LogBatches { () throws(LogError) in try lines(query) }
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

    /// Throws when there is no library to search for them.
    package static func checkRegularExpressions() throws(LogError) {
        do {
            _ = try PCRELibrary.shared()
        } catch {
            throw .noRegularExpressions(error.reason)
        }
    }

    /// nil when there is none, or one that cannot be read: then everything is scanned, which comes to the same.
    /// ``dropped(_:)`` says so.
    func openIndex() -> LogIndex? {
        let index = (try? LogIndex(layout)) ?? nil
        index?.isForArrivalsOnly = readsEverything
        return index
    }

    /// Merges chains of files.
    static func lines(
        _ chains: [[LogExtent]], tail: Int?, filter: LineFilter, index: LogIndex?
    ) throws(LogError) -> LogLines {
        if let tail { return try LogTail.last(tail, chains, filter: filter, index: index) }
        let atOnce = IndexedBlocks.atOnce(chains.count)
        return LogLines(chains.map { LineChain($0, filter: filter, index: index, atOnce: atOnce) }, index: index)
    }
}

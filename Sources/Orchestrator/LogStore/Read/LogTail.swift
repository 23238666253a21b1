import StateDirectory

/// The ends of logs, read from the ends: what it costs does not depend on how long the files are.
package enum LogTail {
    /// The last lines of a run, both streams merged: what a service said before it failed. Blocks while it reads.
    package static func last(_ count: Int, of run: RunDirectory) throws(LogError) -> [LogLine] {
        let filter = try LineFilter(LogQuery())
        var chains: [[LogExtent]] = []
        for file in run.logFiles { chains.append([try LogExtent(all: file)]) }
        var lines = try last(count, chains, filter: filter, index: nil)
        return try lines.all()
    }

    /// Goes back through all chains at once, always taking the latest line, until there are enough; then merges what
    /// was found forwards, so that the order is the one that a full read would give.
    static func last(_ count: Int, _ chains: [[LogExtent]], filter: LineFilter, index: LogIndex?) throws(LogError)
        -> LogLines
    {
        let atOnce = IndexedBlocks.atOnce(chains.count)
        var tails = chains.map { ChainTail(files: $0, filter: filter, index: index, atOnce: atOnce) }
        for _ in 0..<max(count, 0) {
            var latest: (index: Int, place: LogTime)?
            for index in tails.indices {
                guard let place = try tails[index].place() else { continue }
                // Of lines at the same time the merge gives the last chain's last.
                if let latest, latest.place > place { continue }
                latest = (index, place)
            }
            guard let latest else { break }
            tails[latest.index].take()
        }
        return LogLines(tails.map { LineList($0.taken.reversed()) })
    }
}

/// The end of one chain of files.
private struct ChainTail {
    private let filter: LineFilter
    private let index: LogIndex?
    private let atOnce: Int
    private var files: [LogExtent]
    private var cursor: BackwardCursor?
    /// Read, but not taken; the latest last.
    private var block: [LogLine] = []
    /// The latest first.
    private(set) var taken: [LogLine] = []

    init(files: [LogExtent], filter: LineFilter, index: LogIndex?, atOnce: Int) {
        self.files = files
        self.filter = filter
        self.index = index
        self.atOnce = atOnce
    }

    mutating func take() { taken.append(block.removeLast()) }

    /// Of the line that `take` would take; nil when there is none.
    mutating func place() throws(LogError) -> LogTime? {
        while block.isEmpty {
            if let lines = try cursor?.previous() {
                block = lines
            } else if let file = files.popLast() {
                cursor = try BackwardCursor(file, filter: filter, index: index, atOnce: atOnce)
            } else {
                return nil
            }
        }
        return block.last?.place
    }
}

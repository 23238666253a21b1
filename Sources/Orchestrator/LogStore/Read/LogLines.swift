/// Lines of many files, merged in time order and read as they are asked for: memory for one block of each file.
///
/// The merge takes, again and again, the earliest of the files' next lines; at the same time, that of the file that was
/// named first. So a file's own order is never changed, whatever times its lines carry.
package struct LogLines {
    private struct Head {
        var lines: [LogLine]
        var index: Int
        let rank: Int
        let source: any LineSource

        var place: LogTime { lines[index].place }
    }
    /// A binary heap; the earliest first.
    private var heads: [Head] = []
    private var isStarted = false
    private let sources: [any LineSource]
    /// What the sources read with.
    private let index: LogIndex?

    init(_ sources: [any LineSource], index: LogIndex? = nil) {
        self.sources = sources
        self.index = index
    }

    /// Before a long wait: whoever writes the index is not to wait for this reader. The same lines follow, found with more
    /// work.
    func releaseIndex() { index?.release() }

    /// The next line; nil at the end.
    package mutating func next() throws(LogError) -> LogLine? {
        if !isStarted { try start() }
        guard !heads.isEmpty else { return nil }
        let line = heads[0].lines[heads[0].index]
        heads[0].index += 1
        if heads[0].index == heads[0].lines.count {
            if let lines = try heads[0].source.next() {
                heads[0].lines = lines
                heads[0].index = 0
            } else {
                heads.swapAt(0, heads.count - 1)
                heads.removeLast()
            }
        }
        sink(0)
        return line
    }

    /// The next lines, enough to be worth a system call and no more than a megabyte, but for one line that is longer; none
    /// at the end.
    mutating func batch() throws(LogError) -> [LogLine] {
        var batch: [LogLine] = []
        var bytes = 0
        while batch.count < 1_024, bytes < 1 << 20, let line = try next() {
            batch.append(line)
            bytes += line.bytes.count
        }
        return batch
    }

    /// The last line has been taken.
    var isAtEnd: Bool { isStarted && heads.isEmpty }

    /// All that are left. For what is known to be little.
    package mutating func all() throws(LogError) -> [LogLine] {
        var lines: [LogLine] = []
        while let line = try next() { lines.append(line) }
        return lines
    }

    private mutating func start() throws(LogError) {
        isStarted = true
        for (rank, source) in sources.enumerated() {
            guard let lines = try source.next() else { continue }
            heads.append(Head(lines: lines, index: 0, rank: rank, source: source))
        }
        for index in stride(from: heads.count / 2 - 1, through: 0, by: -1) { sink(index) }
    }

    private mutating func sink(_ start: Int) {
        var parent = start
        while true {
            var least = parent
            for child in (2 * parent + 1)...(2 * parent + 2) where child < heads.count && isEarlier(child, least) {
                least = child
            }
            if least == parent { return }
            heads.swapAt(parent, least)
            parent = least
        }
    }

    private func isEarlier(_ a: Int, _ b: Int) -> Bool {
        let (placeA, placeB) = (heads[a].place, heads[b].place)
        return placeA < placeB || (placeA == placeB && heads[a].rank < heads[b].rank)
    }
}

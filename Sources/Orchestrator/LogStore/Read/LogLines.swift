/// Lines of many files, merged in time order and read as they are asked for: memory for one block of each file.
///
/// The merge takes, again and again, the earliest of the files' next lines; at the same time, that of the file that was
/// named first. So a file's own order is never changed, whatever times its lines carry.
package struct LogLines {
    private static let batchLength = 1_024

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
        try advance(to: heads[0].index + 1)
        return line
    }

    /// Moves the first file on, and the file with the earliest line to its place.
    private mutating func advance(to index: Int) throws(LogError) {
        if index < heads[0].lines.count {
            heads[0].index = index
        } else if let lines = try heads[0].source.next() {
            heads[0].lines = lines
            heads[0].index = 0
        } else {
            heads.swapAt(0, heads.count - 1)
            heads.removeLast()
        }
        sink(0)
    }

    /// The next lines, enough to be worth a system call and no more than a megabyte, but for one line that is longer; none
    /// at the end.
    mutating func batch() throws(LogError) -> [LogLine] {
        var batch: [LogLine] = []
        batch.reserveCapacity(Self.batchLength)
        var bytes = 0
        while batch.count < Self.batchLength, bytes < 1 << 20 {
            if heads.count == 1 {
                try takeRun(&batch, &bytes)
            } else {
                guard let line = try next() else { break }
                batch.append(line)
                bytes += line.bytes.count
            }
        }
        return batch
    }

    /// All that the only file left has at hand, without a question for each line.
    private mutating func takeRun(_ batch: inout [LogLine], _ bytes: inout Int) throws(LogError) {
        let start = heads[0].index
        var end = start
        while end < heads[0].lines.count, batch.count + end - start < Self.batchLength, bytes < 1 << 20 {
            bytes += heads[0].lines[end].bytes.count
            end += 1
        }
        batch.append(contentsOf: heads[0].lines[start..<end])
        try advance(to: end)
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

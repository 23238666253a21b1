/// The blocks of one file that an index leaves to be read for a query, in either direction.
final class IndexedBlocks {
    let file: LogFile
    let entry: LogIndex.Entry
    private let index: LogIndex
    private let filter: LineFilter
    private let question: LogIndex.Question
    private let direction: LogIndex.Direction
    private var page: ArraySlice<BlockSummary> = []
    /// Where the next page begins; nil when there is none.
    private var next: Int64?
    private let first: Int64
    private let fresh: LineContext
    /// Once there is a block to read.
    private var opened: OpenedLog?

    /// Blocks from `first`, a line's start, to the index's end; backwards from there.
    init(
        _ file: LogFile, _ entry: LogIndex.Entry, of index: LogIndex, filter: LineFilter, first: Int64,
        _ direction: LogIndex.Direction
    ) {
        self.file = file
        self.entry = entry
        self.index = index
        self.filter = filter
        self.first = first
        fresh = LineContext(file)
        self.direction = direction
        question = filter.question
        next = direction == .forwards ? first : entry.end
    }

    /// The lines of the next block that has any; nil at the end.
    func nextLines() throws(LogError) -> [LogLine]? {
        while let block = try nextBlock() {
            if block.range.lowerBound < first { continue }
            let lines = try read(block)
            if !lines.isEmpty { return lines }
        }
        return nil
    }

    private func nextBlock() throws(LogError) -> BlockSummary? {
        while page.isEmpty, let from = next {
            do {
                let (blocks, next) = try index.blocks(of: entry, in: file, direction, from, question)
                page = blocks[...]
                self.next = next
            } catch {
                throw .index(error.description)
            }
        }
        return page.popFirst()
    }

    private func read(_ summary: BlockSummary) throws(LogError) -> [LogLine] {
        if filter.wantsGraveOnly, let stretches = summary.grave?.ranges { return try read(stretches, of: summary) }
        let bytes = try open().bytes(at: summary.range.lowerBound, count: summary.range.count)
        if let literal = filter.literal {
            guard LineScanner.position(of: literal, in: bytes, from: 0) != nil else { return [] }
            if summary.standsAlone { return try lines(with: literal, in: bytes, of: summary) }
        }
        var lines: [LogLine] = []
        var context = summary.context
        let block = LineBlock(
            file: file, offset: summary.range.lowerBound, bytes: bytes, end: .partial, following: summary.following,
            arrivals: entry.arrivals)
        _ = try block.read(filter, &context, into: &lines)
        return lines
    }

    /// Only those stretches of a block, each of which says by itself all that there is to know of its lines.
    private func read(_ stretches: [Range<Int64>], of summary: BlockSummary) throws(LogError) -> [LogLine] {
        if stretches.isEmpty { return [] }
        let (bytes, ranges) = try open().bytes(of: stretches, from: summary.range.lowerBound)
        var lines: [LogLine] = []
        for (range, stretch) in zip(ranges, stretches) {
            let origin = summary.range.lowerBound + stretch.lowerBound - Int64(range.lowerBound)
            let block = LineBlock(file: file, origin: origin, bytes: bytes[range], end: .partial)
            var context = fresh
            _ = try block.read(filter, &context, into: &lines)
        }
        return lines
    }

    /// Only the lines that hold these bytes, in a block whose every line says by itself all that there is to know of it.
    private func lines(
        with literal: [UInt8], in bytes: [UInt8], of summary: BlockSummary
    ) throws(LogError) -> [LogLine] {
        var lines: [LogLine] = []
        try LineScanner.forEachLine(in: bytes, with: literal) { range throws(LogError) in
            let block = LineBlock(file: file, origin: summary.range.lowerBound, bytes: bytes[range], end: .partial)
            var context = fresh
            _ = try block.read(filter, &context, into: &lines)
        }
        return lines
    }

    private func open() throws(LogError) -> OpenedLog {
        if let opened { return opened }
        let log = try OpenedLog(file)
        opened = log
        return log
    }
}

/// Reads one file forwards: what its index leaves, then what is not in the index yet.
final class IndexedCursor: LineSource {
    private let blocks: IndexedBlocks
    private let rest: LineCursor
    private var isInBlocks = true

    init(_ blocks: IndexedBlocks, rest: LineCursor) {
        self.blocks = blocks
        self.rest = rest
    }

    func next() throws(LogError) -> [LogLine]? {
        if isInBlocks, let lines = try blocks.nextLines() { return lines }
        isInBlocks = false
        return try rest.next()
    }
}

/// The blocks of one file that an index leaves to be read for a query, in either direction. Whatever the index holds, only
/// whole lines of the file come from it: where it turns out to be broken, the blocks end.
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
    let first: Int64
    /// Everything between here and where the blocks began has been dealt with.
    private(set) var covered: Int64
    /// The index cannot be read, or is not of this file: the rest has to be read without it.
    private(set) var isBroken = false
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
        covered = direction == .forwards ? first : entry.end
        next = covered
    }

    /// The lines of the next block that has any; nil at the end.
    func nextLines() throws(LogError) -> [LogLine]? {
        while let block = nextBlock() {
            if block.range.lowerBound < first { continue }
            let isNext =
                direction == .forwards ? block.range.lowerBound >= covered : block.range.upperBound <= covered
            guard isNext, let lines = try read(block) else {
                giveUp()
                return nil
            }
            covered = direction == .forwards ? block.range.upperBound : block.range.lowerBound
            if !lines.isEmpty { return lines }
        }
        return nil
    }

    private func nextBlock() -> BlockSummary? {
        while page.isEmpty, let from = next {
            do {
                let (blocks, next) = try index.blocks(of: entry, in: file, direction, from, question)
                page = blocks[...]
                self.next = next
            } catch {
                // Without an index the same is found.
                giveUp()
            }
        }
        return page.popFirst()
    }

    private func giveUp() {
        isBroken = true
        page = []
        next = nil
    }

    /// nil when the block is not made of lines.
    private func read(_ summary: BlockSummary) throws(LogError) -> [LogLine]? {
        if filter.wantsGraveOnly, let stretches = summary.grave?.ranges { return try read(stretches, of: summary) }
        guard let (bytes, ranges) = try wholeLines([summary.range]) else { return nil }
        guard let range = ranges.first else { return [] }
        let origin = summary.range.lowerBound - Int64(range.lowerBound)
        if let literal = filter.literal {
            guard LineScanner.position(of: literal, in: bytes, from: range.lowerBound) != nil else { return [] }
            if summary.standsAlone { return try lines(with: literal, in: bytes, from: range.lowerBound, origin) }
        }
        var lines: [LogLine] = []
        var context = summary.context
        let block = LineBlock(
            file: file, origin: origin, bytes: bytes[range], end: .partial, following: summary.following,
            arrivals: entry.arrivals)
        _ = try block.read(filter, &context, into: &lines)
        return lines
    }

    /// Only those stretches of a block, each of which says by itself all that there is to know of its lines.
    private func read(_ stretches: [Range<Int64>], of summary: BlockSummary) throws(LogError) -> [LogLine]? {
        if stretches.isEmpty { return [] }
        let start = summary.range.lowerBound
        let places = stretches.map { (start + $0.lowerBound)..<(start + $0.upperBound) }
        guard let (bytes, ranges) = try wholeLines(places) else { return nil }
        var lines: [LogLine] = []
        for (range, place) in zip(ranges, places) {
            let origin = place.lowerBound - Int64(range.lowerBound)
            let block = LineBlock(file: file, origin: origin, bytes: bytes[range], end: .partial)
            var context = fresh
            _ = try block.read(filter, &context, into: &lines)
        }
        return lines
    }

    /// Only the lines that hold these bytes, in a block whose every line says by itself all that there is to know of it.
    private func lines(
        with literal: [UInt8], in bytes: [UInt8], from first: Int, _ origin: Int64
    ) throws(LogError) -> [LogLine] {
        var lines: [LogLine] = []
        try LineScanner.forEachLine(in: bytes, from: first, with: literal) { range throws(LogError) in
            let block = LineBlock(file: file, origin: origin, bytes: bytes[range], end: .partial)
            var context = fresh
            _ = try block.read(filter, &context, into: &lines)
        }
        return lines
    }

    /// The bytes at these places of the file, one behind the other, and where each is among them; nil when a place does
    /// not begin where a line begins, or end where one ends. Fewer when the file was deleted.
    private func wholeLines(
        _ places: [Range<Int64>]
    ) throws(LogError) -> (bytes: [UInt8], ranges: [Range<Int>])? {
        // With the byte before each, which says whether a line begins there.
        let widened = places.map { max(0, $0.lowerBound - 1)..<$0.upperBound }
        var (bytes, ranges) = try open().bytes(of: widened, from: 0)
        for (index, (range, place)) in zip(ranges, places).enumerated() {
            guard range.count == widened[index].count else { return nil }
            let start = range.lowerBound + Int(place.lowerBound - widened[index].lowerBound)
            // A line that is too long comes in pieces, without newlines.
            if start > range.lowerBound, bytes[range.lowerBound] != 0x0A, try !file.isLineStart(place.lowerBound) {
                return nil
            }
            if place.upperBound < entry.end, bytes[range.upperBound - 1] != 0x0A,
                try !file.isLineStart(place.upperBound)
            {
                return nil
            }
            ranges[index] = start..<range.upperBound
        }
        return (bytes, ranges)
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
    private let extent: LogExtent
    private let filter: LineFilter
    private let blocks: IndexedBlocks
    private var rest: LineCursor
    private var isInBlocks = true

    init(_ extent: LogExtent, _ blocks: IndexedBlocks, rest: LineCursor, filter: LineFilter) {
        self.extent = extent
        self.filter = filter
        self.blocks = blocks
        self.rest = rest
    }

    func next() throws(LogError) -> [LogLine]? {
        if isInBlocks, let lines = try blocks.nextLines() { return lines }
        if isInBlocks, blocks.isBroken { rest = try withoutIndex() }
        isInBlocks = false
        return try rest.next()
    }

    private func withoutIndex() throws(LogError) -> LineCursor {
        let context = try BackwardCursor.context(
            of: extent.file, at: blocks.covered, first: blocks.first, blocks.entry, filter)
        return LineCursor(
            extent.file, from: blocks.covered, to: extent.limit, context: context, end: extent.end, filter: filter,
            arrivals: blocks.entry.arrivals)
    }
}

/// Reads one file from its end towards its beginning, a block at a time.
final class BackwardCursor {
    private let file: LogFile
    private let filter: LineFilter
    private var first: Int64
    private let entry: LogIndex.Entry?
    /// What the index leaves, read when everything behind it is.
    private var blocks: IndexedBlocks?
    /// Everything from here on has been read.
    private var start: Int64
    private var end: LineBlock.End
    private var following: LogTime?
    private var blockSize: Int64 = 32_768
    /// Where the line begins that `start` is within, when that one comes in pieces.
    private var longLine: Int64?

    /// Lines without a time take it from above, and nobody reads a whole file for that: beyond this many bytes the
    /// time of the run's beginning must do.
    private static let longestLookBack: Int64 = 4 << 20

    init(_ extent: LogExtent, filter: LineFilter, index: LogIndex?, atOnce: Int) throws(LogError) {
        file = extent.file
        end = extent.end
        start = extent.limit
        self.filter = filter
        let beginning = try min(max(extent.file.firstOffset(), extent.start), extent.limit)
        entry = try index?.find(extent)
        if let index, let entry, entry.end > beginning, extent.start == 0, !index.isForArrivalsOnly {
            blocks = IndexedBlocks(
                file, entry, of: index, filter: filter, first: beginning, .backwards, atOnce: atOnce)
            first = entry.end
        } else {
            blocks = nil
            first = beginning
        }
    }

    /// The lines before those given last, at least one, in the file's order; nil at its beginning.
    func previous() throws(LogError) -> [LogLine]? {
        if let lines = try previousInRest() { return lines }
        guard let blocks else { return nil }
        if let lines = try blocks.nextLines() { return lines }
        guard blocks.isBroken else { return nil }
        if blocks.covered < start { following = nil }
        (start, first) = (blocks.covered, blocks.first)
        self.blocks = nil
        return try previousInRest()
    }

    private func previousInRest() throws(LogError) -> [LogLine]? {
        while start > first {
            let isWithinLine = longLine != nil
            let from = try blockStart()
            var context = try Self.context(of: file, at: from, first: first, entry, filter)
            let bytes = try file.bytes(at: from, count: Int(start - from))
            let block = LineBlock(
                file: file, offset: from, bytes: bytes, end: end, following: following,
                arrivals: entry?.arrivals ?? .unknown)
            var lines: [LogLine] = []
            _ = try block.read(filter, &context, into: &lines)
            LogLine.keepAlone(&lines, of: bytes.count)
            let line = bytes.prefix { $0 != 0x0A }
            let isPiece = isWithinLine || longLine != nil || line.count > LogFile.longestLine
            following = isPiece ? nil : LineScanner.fields(of: line).time
            start = from
            // Only the file's last block can lack a newline, and one that ends within a long line.
            end = .partial
            blockSize = min(blockSize * 2, 1 << 20)
            if !lines.isEmpty { return lines }
        }
        return nil
    }

    /// Where the block before `start` begins: where a line does, or a piece of one that is too long.
    private func blockStart() throws(LogError) -> Int64 {
        let target = max(first, start - blockSize)
        let line = if let longLine { longLine } else { try file.lineStart(before: target, first: first) }
        let piece = Int64(LogFile.longestLine)
        // A piece has a byte at least: when the byte at the target is a newline, no piece begins there.
        let pieces = max(0, target - line - 1) / piece
        longLine = pieces > 0 ? line : nil
        return line + pieces * piece
    }

    /// What the lines before `offset`, a line's start, give to those after it. Nothing before `first` is looked at, unless
    /// that is where an index says what holds there.
    static func context(
        of file: LogFile, at offset: Int64, first: Int64, _ entry: LogIndex.Entry?, _ filter: LineFilter
    ) throws(LogError) -> LineContext {
        var reach = max(16_384, LineContext.longestEntry)
        while true {
            let from = try firstLine(of: file, within: reach, before: offset, first: first)
            let cursor = LineCursor(
                file, from: from, to: offset, context: from == entry?.end ? entry?.context : nil, end: .partial,
                filter: filter, arrivals: entry?.arrivals ?? .unknown, collects: false)
            _ = try cursor.next()
            if cursor.context.isAnchored || from == first || reach >= longestLookBack { return cursor.context }
            reach *= 4
        }
    }

    /// Where the first line begins that begins within so many bytes before `offset`; `offset` when none does. No more is
    /// read than those bytes, however long the line is that they are part of.
    private static func firstLine(
        of file: LogFile, within reach: Int64, before offset: Int64, first: Int64
    ) throws(LogError) -> Int64 {
        let back = offset - reach
        if back <= first { return first }
        let bytes = try file.bytes(at: back - 1, count: Int(reach))
        return bytes.firstIndex(of: 0x0A).map { back + Int64($0) } ?? offset
    }
}

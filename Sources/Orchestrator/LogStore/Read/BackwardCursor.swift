/// Reads one file from its end towards its beginning, a block at a time.
final class BackwardCursor {
    private let file: LogFile
    private let filter: LineFilter
    private let first: Int64
    /// Everything from here on has been read.
    private var start: Int64
    private var end: LineBlock.End
    private var following: LogTime?
    private var blockSize: Int64 = 32_768

    /// Lines without a time take it from above, and nobody reads a whole file for that: beyond this many bytes the
    /// time of the run's beginning must do.
    private static let longestLookBack: Int64 = 4 << 20

    init(_ extent: LogExtent, filter: LineFilter) throws(LogError) {
        file = extent.file
        end = extent.end
        start = extent.limit
        first = try min(extent.file.firstOffset(), extent.limit)
        self.filter = filter
    }

    /// The lines before those given last, at least one, in the file's order; nil at its beginning.
    func previous() throws(LogError) -> [LogLine]? {
        while start > first {
            let from = try file.lineStart(before: max(first, start - blockSize), first: first)
            var context = try Self.context(of: file, at: from, first: first)
            let bytes = try file.bytes(at: from, count: Int(start - from))
            let block = LineBlock(file: file, offset: from, bytes: bytes, end: end, following: following)
            var lines: [LogLine] = []
            _ = try block.read(filter, &context, into: &lines)
            following = LineScanner.fields(of: bytes.prefix { $0 != 0x0A }).time
            start = from
            // Only the file's last block can lack a newline.
            end = .partial
            blockSize = min(blockSize * 2, 1 << 20)
            if !lines.isEmpty { return lines }
        }
        return nil
    }

    /// What the lines before `offset`, a line's start, give to those after it.
    static func context(of file: LogFile, at offset: Int64, first: Int64) throws(LogError) -> LineContext {
        var reach: Int64 = 16_384
        while true {
            let from = try file.lineStart(before: max(first, offset - reach), first: first)
            let cursor = LineCursor(file, from: from, to: offset, end: .partial, filter: nil)
            _ = try cursor.next()
            if cursor.context.isAnchored || from == first || reach >= longestLookBack { return cursor.context }
            reach *= 4
        }
    }
}

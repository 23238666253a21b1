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

import Dispatch
import Synchronization

/// The blocks of one file that an index leaves to be read for a query, in either direction. Whatever the index holds, only
/// whole lines of the file come from it: where it turns out to be broken, the blocks end.
final class IndexedBlocks {
    let file: LogFile
    let entry: LogIndex.Entry
    private let index: LogIndex
    private let filter: LineFilter
    private let question: LogIndex.Question
    private let direction: LogIndex.Direction
    private let atOnce: Int
    let first: Int64
    private var page: ArraySlice<BlockSummary> = []
    /// Where the next page begins; nil when there is none.
    private var next: Int64?
    /// Everything between here and where the blocks began has been dealt with.
    private(set) var covered: Int64
    /// The index cannot be read, or is not of this file: the rest has to be read without it.
    private(set) var isBroken = false
    /// Once there is a block to read.
    private var reader: BlockReader?
    /// Blocks that are read, in order.
    private var ready: ArraySlice<ReadBlock> = []
    private var width = 1

    private struct ReadBlock {
        let range: Range<Int64>
        /// nil when it is not made of lines.
        let lines: Result<[LogLine]?, LogError>

        init(_ summary: BlockSummary, by reader: BlockReader) {
            range = summary.range
            do throws(LogError) {
                guard var found = try reader.lines(of: summary) else {
                    lines = .success(nil)
                    return
                }
                // Stretches are read without what is between them.
                if summary.grave == nil || !reader.readsStretches {
                    LogLine.keepAlone(&found, of: summary.range.count)
                }
                lines = .success(found)
            } catch {
                lines = .failure(error)
            }
        }
    }

    /// How many blocks of each of so many files are read at once, by as many threads as there are processors: all of them
    /// wait in memory for the merge. Of blocks of which only stretches are read, as many more as come to the same bytes, but
    /// no more than eight times.
    static func atOnce(_ files: Int) -> Int { max(1, 32 / max(1, files)) }

    /// Blocks from `first`, a line's start, to the index's end; backwards from there.
    init(
        _ file: LogFile, _ entry: LogIndex.Entry, of index: LogIndex, filter: LineFilter, first: Int64,
        _ direction: LogIndex.Direction, atOnce: Int
    ) {
        self.atOnce = atOnce
        self.file = file
        self.entry = entry
        self.index = index
        self.filter = filter
        self.first = first
        self.direction = direction
        question = filter.question
        covered = direction == .forwards ? first : entry.end
        next = covered
    }

    /// The lines of the next block that has any; nil at the end.
    func nextLines() throws(LogError) -> [LogLine]? {
        while !isBroken {
            if ready.isEmpty { try readMore() }
            guard let block = ready.popFirst() else { return nil }
            guard let lines = try block.lines.get() else {
                giveUp()
                return nil
            }
            covered = direction == .forwards ? block.range.upperBound : block.range.lowerBound
            if !lines.isEmpty { return lines }
        }
        return nil
    }

    /// Reads one block, then twice as many each time: who wants only the last lines does not wait for others.
    private func readMore() throws(LogError) {
        let blocks = plan(width)
        guard !blocks.isEmpty else { return }
        let reader = try open()
        width = min(width * 2, atOnce * 8)
        let read = Mutex([Int: ReadBlock](minimumCapacity: blocks.count))
        DispatchQueue.concurrentPerform(iterations: blocks.count) { index in
            let block = ReadBlock(blocks[index], by: reader)
            read.withLock { $0[index] = block }
        }
        let all = read.withLock { $0 }
        ready = blocks.indices.compactMap { all[$0] }[...]
    }

    private func open() throws(LogError) -> BlockReader {
        if let reader { return reader }
        let opened = try BlockReader(file, entry, filter: filter)
        reader = opened
        return opened
    }

    /// The next blocks, as long as each begins behind the one before it.
    private func plan(_ count: Int) -> [BlockSummary] {
        var blocks: [BlockSummary] = []
        var reached = covered
        var bytes: Int64 = 0
        while blocks.count < count, bytes < Int64(atOnce) * BlockSummary.size, let block = nextBlock() {
            if block.range.lowerBound < first { continue }
            let isNext =
                direction == .forwards ? block.range.lowerBound >= reached : block.range.upperBound <= reached
            guard isNext else {
                // What was planned is read first; then this one is found again where nothing is left to be planned.
                page = [block]
                next = nil
                if blocks.isEmpty { giveUp() }
                break
            }
            reached = direction == .forwards ? block.range.upperBound : block.range.lowerBound
            blocks.append(block)
            let stretches = filter.wantsGraveOnly ? block.grave?.ranges : nil
            bytes += stretches.map { $0.reduce(0) { $0 + Int64($1.count) } } ?? Int64(block.range.count)
        }
        return blocks
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
        ready = []
    }
}

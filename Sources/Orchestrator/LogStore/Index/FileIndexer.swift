import SystemPackage

/// Indexes one file, look by look. Belongs to one thread.
final class FileIndexer {
    let file: LogFile
    /// How far the transactions have come.
    private(set) var position: IndexPosition
    private var builder: BlockBuilder
    /// Stands in for the builder while that is at work, so that nothing of it is copied.
    private let spare: BlockBuilder
    /// After the last line that is in a block, or is being gathered into one.
    private var context: LineContext
    /// Where the lines begin that no look has taken yet.
    private var offset: Int64
    private var kept: [Arrivals.Mark]
    /// What earlier looks saw that is not taken yet, and when.
    private var seen: [Arrivals.Mark] = []
    private var seenUpTo: Int64
    /// Up to here no newline was found behind `offset` and the line that waits there.
    private var searched: Int64
    private var readSize = 65_536
    private let blockLength: Int64
    /// The file is shorter than what was indexed of it: somebody emptied it.
    private(set) var isCut = false

    /// What one look may bring, so that a flood is indexed in turns.
    static let longestLook: Int64 = 16 << 20

    init(_ file: LogFile, at position: IndexPosition, arrivals: [Arrivals.Mark], blockSize size: Int64) {
        self.file = file
        blockLength = size
        self.position = position
        builder = BlockBuilder(file, at: position.indexed, context: position.context, size: size)
        spare = builder
        context = position.context
        offset = position.indexed
        kept = arrivals
        seenUpTo = position.counted
        searched = position.indexed
    }

    /// Takes what has been written since the last look. `hasEnded` says that nobody writes any more: then the last line
    /// need not wait for the next. Returns what that adds to the index, and whether there is more to take at once.
    func look(now: LogTime, hasEnded: Bool) throws(LogError) -> (step: IndexStep, hasMore: Bool) {
        let (size, written) = try file.state()
        var step = IndexStep(file: file, before: position, after: position)
        isCut = size < offset
        if position.isOver || isCut { return (step, false) }
        if offset == 0 { try skipHole(size) }
        let limit = min(size, offset + Self.longestLook)
        let hasLine = try hasEnded ? size > offset : hasNewline(size)
        if hasLine {
            if size > seenUpTo {
                // It was written last at that time, so all of it was there.
                seen.append(Arrivals.Mark(offset: seenUpTo, time: min(now, written)))
                seenUpTo = size
            }
            try take(upTo: limit, hasEnded && limit == size, &step)
        }
        if hasEnded, limit == size { finish(&step) }
        step.after.indexed = builder.block.range.lowerBound
        step.after.context = builder.block.context
        return (step, limit < size)
    }

    /// Lines and bytes that are taken, but in no block yet.
    var gathered: IndexedAmount {
        let waits = position.counted > offset
        return IndexedAmount(
            bytes: max(position.counted, offset) - builder.block.range.lowerBound,
            lines: Int64(builder.block.lines + (waits ? 1 : 0)))
    }

    /// The step was written.
    func committed(_ step: IndexStep) {
        position = step.after
        kept = (kept + step.arrivals).filter { $0.offset >= offset }
        // Only the line that waits can still ask when it was seen.
        if let last = seen.lastIndex(where: { $0.offset <= offset }) { seen.removeFirst(last) }
    }

    private func take(upTo limit: Int64, _ isLast: Bool, _ step: inout IndexStep) throws(LogError) {
        var rest: ArraySlice<UInt8> = []
        while true {
            let from = offset + Int64(rest.count)
            let wanted = Int(min(Int64(readSize), limit - from))
            let bytes = try file.bytes(after: rest, at: from, count: wanted)
            let isAtEnd = from + Int64(wanted) >= limit || bytes.count < rest.count + wanted
            let done = take(bytes, isLast && isAtEnd ? .partial : .more, &step)
            // A long line needs a larger window, up to where it is cut into pieces.
            readSize =
                done == 0 ? min(readSize * 2, 2 * LogFile.longestLine) : max(readSize, min(readSize * 2, 262_144))
            offset += Int64(done)
            rest = bytes[done...]
            if isAtEnd { break }
        }
        if !isLast { countWaiting(rest, &step) }
    }

    private func take(_ bytes: [UInt8], _ end: LineBlock.End, _ step: inout IndexStep) -> Int {
        let block = LineBlock(
            file: file, offset: offset, bytes: bytes, end: end, arrivals: Arrivals(kept: kept, seen: seen))
        // In local variables: whether members of an object are accessed in turn would be checked for every line.
        var context = self.context
        var builder = spare
        swap(&builder, &self.builder)
        var counted = max(position.counted, step.after.counted)
        var blocks: [IndexedBlock] = []
        var arrivals: [Arrivals.Mark] = []
        let offset = self.offset
        var counts = MinuteCounts(file, latest: seen.last?.time)
        let done = bytes.withUnsafeBytes { raw in
            block.forEachLine(&context) { line, context in
                let start = offset + Int64(line.range.lowerBound)
                let end = offset + Int64(line.range.upperBound) + (line.isPartial ? 0 : 1)
                builder.add(line, of: raw, at: start..<end, context, into: &blocks)
                guard end > counted else { return }
                counts.add(line.fields, bytes: end - start)
                counted = end
                if let arrival = line.arrival { arrivals.append(Arrivals.Mark(offset: start, time: arrival)) }
            }
        }
        swap(&builder, &self.builder)
        self.context = context
        step.after.counted = counted
        step.blocks += blocks
        step.arrivals += arrivals
        counts.merge(into: &step)
        return done
    }

    /// The last line waits for the next to know its place, but not to be counted, nor for the time of its arrival.
    private func countWaiting(_ rest: ArraySlice<UInt8>, _ step: inout IndexStep) {
        searched = offset + Int64(rest.count)
        guard let newline = rest.firstIndex(of: 0x0A) else { return }
        let end = offset + Int64(newline - rest.startIndex) + 1
        guard end > step.after.counted else { return }
        let fields = LineScanner.fields(of: rest[..<newline])
        var counts = MinuteCounts(file, latest: seen.last?.time)
        counts.add(fields, bytes: end - offset)
        counts.merge(into: &step)
        step.after.counted = end
        var index = 0
        if fields.time == nil,
            let arrival = Arrivals(kept: kept, seen: seen).arrival(of: offset, after: context, &index)
        {
            step.arrivals.append(Arrivals.Mark(offset: offset, time: arrival))
        }
    }

    /// All is written: the last block is as long as it is.
    private func finish(_ step: inout IndexStep) {
        if let last = builder.finish(following: nil) { step.blocks.append(last) }
        step.after.isOver = true
    }

    /// Whether the bytes after those searched before end another line than the one that waits, or are too many to wait
    /// for that. So a long line that is written bit by bit is not read anew for every bit.
    private func hasNewline(_ size: Int64) throws(LogError) -> Bool {
        searched = max(searched, offset)
        while searched < size {
            let bytes = try file.bytes(at: searched, count: Int(min(size - searched, 1 << 20)))
            if bytes.isEmpty { return false }
            if bytes.contains(0x0A) { return true }
            searched += Int64(bytes.count)
            if searched - offset > 2 * Int64(LogFile.longestLine) { return true }
        }
        return false
    }

    private func skipHole(_ size: Int64) throws(LogError) {
        let first = try min(file.firstOffset(), size)
        guard first > 0 else { return }
        offset = first
        builder = BlockBuilder(file, at: first, context: context, size: blockLength)
    }
}

/// Counts lines by the minutes that they say, or in which they were seen when they say none that can be true.
private struct MinuteCounts {
    private let earliest: Int64
    private let latest: Int64
    private var minute: Int64
    private var counts = LogCounts()
    private var all: [Int64: LogCounts] = [:]

    private static let length: Int64 = 60_000_000_000

    init(_ file: LogFile, latest: LogTime?) {
        earliest = file.birth.nanoseconds
        self.latest = latest?.nanoseconds ?? .max
        minute = self.latest / Self.length
    }

    @inline(__always)
    mutating func add(_ fields: LineFields, bytes: Int64) {
        let time = fields.time.map { min(max($0.nanoseconds, earliest), latest) } ?? latest
        if time < minute * Self.length || time - minute * Self.length >= Self.length {
            all[minute, default: LogCounts()] += counts
            counts = LogCounts()
            minute = time / Self.length
        }
        counts.lines += 1
        counts.bytes += bytes
        if let level = fields.level, level >= .error { counts.errors += 1 }
    }

    consuming func merge(into step: inout IndexStep) {
        all[minute, default: LogCounts()] += counts
        for (minute, counts) in all where counts != LogCounts() { step.minutes[minute, default: LogCounts()] += counts }
    }
}

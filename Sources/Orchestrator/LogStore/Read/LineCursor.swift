/// Where the merge takes lines from: a file, a chain of files, or lines that are there already.
protocol LineSource: AnyObject {
    /// The next lines in the file's own order, at least one; nil when there are no more.
    func next() throws(LogError) -> [LogLine]?
}

/// Reads one file forwards, from one offset to another, in blocks that grow to 256 KiB.
final class LineCursor: LineSource {
    private let file: LogFile
    private let filter: LineFilter
    private let limit: Int64
    private let end: LineBlock.End
    private let arrivals: Arrivals
    private let collects: Bool
    private(set) var context: LineContext
    /// Where the lines that are not read yet begin. Once the end is reached: where the held-back rest begins.
    private(set) var offset: Int64
    private var rest: ArraySlice<UInt8> = []
    private var blockSize = 32_768
    private var isAtEnd = false
    /// Bytes that retention dropped while they were about to be read.
    private(set) var skipped: Int64 = 0

    /// `offset` is where a line begins. Without `collects` it reads for the context alone.
    init(
        _ file: LogFile, from offset: Int64, to limit: Int64, context: LineContext? = nil, end: LineBlock.End,
        filter: LineFilter, arrivals: Arrivals = .unknown, collects: Bool = true
    ) {
        self.file = file
        self.offset = offset
        self.limit = limit
        self.end = end
        self.filter = filter
        self.arrivals = arrivals
        self.collects = collects
        self.context = context ?? LineContext(file)
        isAtEnd = offset >= limit
    }

    func next() throws(LogError) -> [LogLine]? {
        var lines: [LogLine] = []
        while lines.isEmpty, !isAtEnd {
            let from = offset + Int64(rest.count)
            let wanted = Int(min(Int64(blockSize), limit - from))
            let bytes = try file.bytes(after: rest, at: from, count: wanted)
            if bytes.count > rest.count, bytes[rest.count] == 0 || bytes.last == 0,
                case let first = try file.firstOffset(), first > from
            {
                // Retention has overtaken the reading: what was here is no line any more.
                let next = min(first, limit)
                skipped += next - offset
                (offset, rest) = (next, [])
                isAtEnd = offset >= limit
                continue
            }
            // Fewer bytes than the size promised: the file was cut, or deleted with its run.
            isAtEnd = from + Int64(wanted) >= limit || bytes.count < rest.count + wanted
            let block = LineBlock(
                file: file, offset: offset, bytes: bytes, end: isAtEnd ? end : .more, arrivals: arrivals)
            let done = try block.read(filter, &context, into: &lines, collects: collects)
            LogLine.keepAlone(&lines, of: bytes.count)
            blockSize = done == 0 ? blockSize * 2 : max(blockSize, min(blockSize * 2, 262_144))
            offset += Int64(done)
            rest = isAtEnd ? [] : bytes[done...]
        }
        return lines.isEmpty ? nil : lines
    }
}

/// Files one after the other: the runs of one instance, which follow each other in time.
final class LineChain: LineSource {
    private var upcoming: ArraySlice<LogExtent>
    private let filter: LineFilter
    private let index: LogIndex?
    private let atOnce: Int
    private var current: (any LineSource)?

    init(_ files: [LogExtent], filter: LineFilter, index: LogIndex?, atOnce: Int) {
        upcoming = files[...]
        self.filter = filter
        self.index = index
        self.atOnce = atOnce
    }

    func next() throws(LogError) -> [LogLine]? {
        while true {
            if let lines = try current?.next() { return lines }
            guard let extent = upcoming.popFirst() else { return nil }
            current = try source(extent)
        }
    }

    private func source(_ extent: LogExtent) throws(LogError) -> any LineSource {
        let first = try max(extent.file.firstOffset(), extent.start)
        let entry = try index?.find(extent)
        if extent.start > 0 { return try source(extent, from: first, entry) }
        guard let index, let entry, !index.isForArrivalsOnly, filter.question.isNarrow || filter.literal != nil else {
            return LineCursor(
                extent.file, from: first, to: extent.limit, end: extent.end, filter: filter,
                arrivals: entry?.arrivals ?? .unknown)
        }
        let blocks = IndexedBlocks(
            extent.file, entry, of: index, filter: filter, first: first, .forwards, atOnce: atOnce)
        let start = max(first, entry.end)
        let rest = LineCursor(
            extent.file, from: start, to: extent.limit, context: start == entry.end ? entry.context : nil,
            end: extent.end, filter: filter, arrivals: entry.arrivals)
        return IndexedCursor(extent, blocks, rest: rest, filter: filter)
    }

    /// From within a file, without its blocks: where it begins is within one of them.
    private func source(
        _ extent: LogExtent, from first: Int64, _ entry: LogIndex.Entry?
    ) throws(LogError) -> any LineSource {
        let floor = try min(max(extent.file.firstOffset(), entry.map { $0.end <= first ? $0.end : 0 } ?? 0), first)
        let context = try BackwardCursor.context(of: extent.file, at: first, first: floor, entry, filter)
        return LineCursor(
            extent.file, from: first, to: extent.limit, context: context, end: extent.end, filter: filter,
            arrivals: entry?.arrivals ?? .unknown)
    }
}

extension LogIndex {
    /// What is known of a file, if that is not more than is to be read of it and ends where a line does.
    func find(_ extent: LogExtent) throws(LogError) -> Entry? {
        // Without an index the same is found.
        let known = (try? entry(of: extent.file, size: extent.limit)) ?? nil
        guard let known else { return nil }
        if known.end == extent.limit { return known }
        return try extent.file.isLineStart(known.end) ? known : nil
    }
}

/// Lines that are in memory.
final class LineList: LineSource {
    private var lines: [LogLine]?
    init(_ lines: [LogLine]) { self.lines = lines.isEmpty ? nil : lines }
    func next() -> [LogLine]? { lines.take() }
}

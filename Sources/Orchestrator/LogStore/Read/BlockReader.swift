/// Reads blocks of one file as their summaries say that they are. Any number of threads may.
struct BlockReader: Sendable {
    private let file: LogFile
    private let filter: LineFilter
    private let arrivals: Arrivals
    /// Where the blocks end.
    private let end: Int64
    private let fresh: LineContext
    private let log: OpenedLog

    init(_ file: LogFile, _ entry: LogIndex.Entry, filter: LineFilter) throws(LogError) {
        self.file = file
        self.filter = filter
        arrivals = entry.arrivals
        end = entry.end
        fresh = LineContext(file)
        log = try OpenedLog(file)
    }

    /// Whether of a block that says where its grave lines are nothing else is read.
    var readsStretches: Bool { filter.wantsGraveOnly }

    /// nil when the block is not made of lines.
    func lines(of summary: BlockSummary) throws(LogError) -> [LogLine]? {
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
            arrivals: arrivals)
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
        var (bytes, ranges) = try log.bytes(of: widened, from: 0)
        for (index, (range, place)) in zip(ranges, places).enumerated() {
            guard range.count == widened[index].count else { return nil }
            let start = range.lowerBound + Int(place.lowerBound - widened[index].lowerBound)
            // Retention has overtaken the reading: what was here is no line any more.
            if bytes[start] == 0 || bytes[range.upperBound - 1] == 0, try file.firstOffset() > place.lowerBound {
                return nil
            }
            // A line that is too long comes in pieces, without newlines.
            if start > range.lowerBound, bytes[range.lowerBound] != 0x0A, try !file.isLineStart(place.lowerBound) {
                return nil
            }
            if place.upperBound < end, bytes[range.upperBound - 1] != 0x0A,
                try !file.isLineStart(place.upperBound)
            {
                return nil
            }
            ranges[index] = start..<range.upperBound
        }
        return (bytes, ranges)
    }
}

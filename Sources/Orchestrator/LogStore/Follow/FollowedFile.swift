/// A file that is followed, and how far it has been read: the offset is the whole cursor.
struct FollowedFile {
    /// What one look at the file may bring, so that a flood is read in turns.
    private static let longestRead: Int64 = 1 << 20

    let file: LogFile
    private(set) var offset: Int64
    private var context: LineContext
    /// There is a rest without a newline.
    private(set) var isWaiting = false
    /// There is more than one look could bring.
    private(set) var hasMore = false
    /// Up to here no newline was found behind `offset`.
    private var searched: Int64
    private var isKnown = false
    /// Bytes that retention dropped before they were read.
    private(set) var skipped: Int64 = 0

    /// From its beginning, or from where a cursor says: a file that appeared while its directory was watched.
    init(new file: LogFile) {
        self.init(file: file, offset: 0, context: LineContext(file))
    }

    /// From an offset where a line begins.
    init(_ file: LogFile, from offset: Int64, _ index: LogIndex?, _ filter: LineFilter) throws(LogError) {
        let entry = try index?.find(LogExtent(file, limit: offset, end: .held))
        let first = try min(max(file.firstOffset(), entry?.end ?? 0), offset)
        self.init(
            file: file, offset: offset,
            context: try BackwardCursor.context(of: file, at: offset, first: first, entry, filter))
    }

    private init(file: LogFile, offset: Int64, context: LineContext) {
        self.file = file
        self.offset = offset
        searched = offset
        self.context = context
    }

    /// The whole lines that were written since the last look. When nobody writes any more, also an unfinished one.
    mutating func read(_ filter: LineFilter, now: LogTime, hasEnded: Bool) throws(LogError) -> [LogLine] {
        let size = try file.size()
        // Shorter than what was read of it: somebody emptied it, and it begins anew.
        if size < offset { (offset, searched) = (0, 0) }
        let first = try min(file.firstOffset(), size)
        if first > offset {
            skipped += first - offset
            offset = first
        }
        hasMore = false
        isWaiting = size > offset
        guard isWaiting else { return [] }
        if !hasEnded, try !hasLine(size) { return [] }
        // What was there at the first look did not arrive now.
        let arrivals = isKnown ? Arrivals(seen: [Arrivals.Mark(offset: offset, time: now)]) : .unknown
        isKnown = true
        let limit = try self.limit(size)
        hasMore = limit < size
        let end = hasEnded && !hasMore ? LineBlock.End.partial : .held
        let cursor = LineCursor(
            file, from: offset, to: limit, context: context, end: end, filter: filter, arrivals: arrivals)
        var lines: [LogLine] = []
        while let more = try cursor.next() { lines += more }
        context = cursor.context
        offset = cursor.offset
        searched = limit
        isWaiting = offset < size
        return lines
    }

    mutating func takeSkipped() -> Int64 {
        defer { skipped = 0 }
        return skipped
    }

    /// Whether the bytes after those searched before end a line, or are too many to wait for that. So a long line
    /// that is written bit by bit is not read anew for every bit.
    private mutating func hasLine(_ size: Int64) throws(LogError) -> Bool {
        searched = max(searched, offset)
        while searched < size, searched - offset < LogFile.longestLine {
            let bytes = try file.bytes(at: searched, count: Int(min(size - searched, Self.longestRead)))
            if bytes.isEmpty { return false }
            if bytes.contains(0x0A) { return true }
            searched += Int64(bytes.count)
        }
        isKnown = true
        return searched - offset >= LogFile.longestLine
    }

    /// Where this look ends: after some whole lines, or, when one line is longer than a look, where it can be cut.
    private func limit(_ size: Int64) throws(LogError) -> Int64 {
        guard size - offset > Self.longestRead else { return size }
        let whole = try file.lineStart(before: offset + Self.longestRead, first: offset)
        return whole > offset ? whole : min(size, offset + 2 * Int64(LogFile.longestLine))
    }
}

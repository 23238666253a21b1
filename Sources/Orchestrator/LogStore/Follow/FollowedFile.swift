/// A file that is followed, and how far it has been read: the offset is the whole cursor.
final class FollowedFile: LineSource {
    /// What is searched at once for the end of a line.
    private static let longestSearch: Int64 = 1 << 20

    let file: LogFile
    /// Where the next look begins.
    private(set) var offset: Int64
    private var context: LineContext
    /// There is a rest without a newline.
    private(set) var isWaiting = false
    /// Up to here no newline was found behind `offset`.
    private var searched: Int64
    private var isKnown = false
    /// Bytes that retention dropped before they were read.
    private var skipped: Int64 = 0
    /// Reads what the look that is under way is to bring.
    private var cursor: LineCursor?
    /// How long the file was when that look began.
    private var size: Int64 = 0

    /// From its beginning, or from where a cursor says: a file that appeared while its directory was watched.
    convenience init(new file: LogFile) {
        self.init(file: file, offset: 0, context: LineContext(file))
    }

    /// From an offset where a line begins.
    convenience init(
        _ file: LogFile, from offset: Int64, _ index: LogIndex?, _ filter: LineFilter
    ) throws(LogError) {
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

    /// Begins a look: ``next()`` gives the whole lines that were written since the last one, until now. When nobody writes
    /// any more, also an unfinished one. False when there are none.
    func look(_ filter: LineFilter, now: LogTime, hasEnded: Bool) throws(LogError) -> Bool {
        size = try file.size()
        // Shorter than what was read of it: somebody emptied it, and it begins anew.
        if size < offset { (offset, searched) = (0, 0) }
        let first = try min(file.firstOffset(), size)
        if first > offset {
            skipped += first - offset
            offset = first
        }
        isWaiting = size > offset
        guard isWaiting else { return false }
        if !hasEnded, try !hasLine() { return false }
        // What was there at the first look did not arrive now.
        let arrivals = isKnown ? Arrivals(seen: [Arrivals.Mark(offset: offset, time: now)]) : .unknown
        isKnown = true
        cursor = LineCursor(
            file, from: offset, to: size, context: context, end: hasEnded ? .partial : .held, filter: filter,
            arrivals: arrivals)
        return true
    }

    /// The next lines of the look; at its end nil, and the next look begins there.
    func next() throws(LogError) -> [LogLine]? {
        guard let cursor else { return nil }
        if let lines = try cursor.next() { return lines }
        context = cursor.context
        offset = cursor.offset
        searched = size
        skipped += cursor.skipped
        isWaiting = offset < size
        self.cursor = nil
        return nil
    }

    func takeSkipped() -> Int64 {
        defer { skipped = 0 }
        return skipped
    }

    /// Whether the bytes after those searched before end a line, or are too many to wait for that. So a long line
    /// that is written bit by bit is not read anew for every bit.
    private func hasLine() throws(LogError) -> Bool {
        searched = max(searched, offset)
        while searched < size, searched - offset < LogFile.longestLine {
            let bytes = try file.bytes(at: searched, count: Int(min(size - searched, Self.longestSearch)))
            if bytes.isEmpty { return false }
            if bytes.contains(0x0A) { return true }
            searched += Int64(bytes.count)
        }
        isKnown = true
        return searched - offset >= LogFile.longestLine
    }
}

import StateDirectory

/// The index as it was when it was opened, for readers. Belongs to one thread.
final class LogIndex {
    /// What is known of one file.
    struct Entry {
        fileprivate let id: Int64
        /// How often the index had been released when this was read.
        fileprivate let releases: Int
        /// Bytes before this offset are in blocks.
        let end: Int64
        /// Where the blocks end.
        let context: LineContext
        let arrivals: Arrivals
    }
    let connection: IndexConnection
    /// Blocks are not to be used.
    var isForArrivalsOnly = false
    private var releases = 0
    private var isHeld = true

    /// nil when there is none. Open it before asking for sizes of files: then it never knows more than those.
    init?(_ layout: StateLayout) throws(IndexError) {
        guard let connection = try IndexConnection(layout.logIndex, writes: false) else { return nil }
        self.connection = connection
        // The transaction keeps out what is written from now on.
        try connection.execute(script: "PRAGMA mmap_size = 1073741824; BEGIN")
        guard try IndexSchema.version(of: connection) == IndexSchema.version else { return nil }
        _ = try connection.rows("SELECT id FROM files LIMIT 1") { $0.integer(0) }
    }

    /// Lets go of what it was: for as long as it is held, everything that is written stays in `logs.db-wal`. What is asked of
    /// it later it answers as it is then, but it has no blocks any more for the entries that it gave before.
    func release() {
        guard isHeld else { return }
        (isHeld, releases) = (false, releases + 1)
        // Fails only when SQLite has ended the transaction by itself, after an error.
        try? connection.execute(script: "ROLLBACK")
    }

    private func hold() throws(IndexError) {
        if isHeld { return }
        try connection.execute(script: "BEGIN")
        isHeld = true
    }

    /// nil when nothing is known, or when what is known cannot be true of a file of this many bytes. After a release it may
    /// be true of a longer one: then only arrivals are known.
    func entry(of file: LogFile, size: Int64) throws(IndexError) -> Entry? {
        try hold()
        let found = try connection.rows(
            """
            SELECT id, indexed, time, place, severity, anchored FROM files
            WHERE instance = ? AND run = ? AND stream = ?
            """, .text(file.run.instance.description), .integer(Int64(file.run.run)), .text(file.stream.rawValue)
        ) { row in (id: row.integer(0), end: row.integer(1), context: LineContext(file, row, from: 2)) }.first
        guard let found, found.end >= 0, found.end <= size || releases > 0 else { return nil }
        let arrivals = try connection.rows(
            "SELECT offset, time FROM arrivals WHERE file = ? ORDER BY offset", .integer(found.id)
        ) { row in Arrivals.Mark(offset: row.integer(0), time: LogTime(nanoseconds: row.integer(1))) }
        let isWithin = found.end <= size
        return Entry(
            id: found.id, releases: releases, end: isWithin ? found.end : 0,
            context: isWithin ? found.context : LineContext(file), arrivals: Arrivals(kept: arrivals))
    }

    /// What of a file is asked for, as far as an index can tell.
    struct Question {
        var since: LogTime?
        var until: LogTime?
        var minimumLevel: LogLevel?
        /// Hashes of ids that a line must carry, all of them.
        var ids: [UInt64] = []

        /// Whether it leaves anything out at all.
        var isNarrow: Bool { since != nil || until != nil || (minimumLevel ?? .trace) > .trace || !ids.isEmpty }
    }

    enum Direction: String {
        case forwards = ">="
        case backwards = "<"
    }

    /// Some of the blocks that may hold what is asked for, in the order of the direction, from an offset on (or before
    /// it); and where to go on, nil at the end.
    /// - Throws: also when one of them cannot be.
    func blocks(
        of entry: Entry, in file: LogFile, _ direction: Direction, _ offset: Int64, _ question: Question
    ) throws(IndexError) -> (blocks: [BlockSummary], next: Int64?) {
        guard entry.releases == releases, isHeld else { throw .released }
        var next: Int64?
        // What stands before the file's beginning is to be seen, for it cannot be.
        let offset = direction == .forwards && offset == 0 ? .min : offset
        let page = 512
        var seen = 0
        let blocks = try connection.rows(
            """
            SELECT start, length, lines, time, place, severity, anchored, earliest, latest, levels, following, alone,
                grave\(question.ids.isEmpty ? "" : ", (SELECT filter FROM ids WHERE block = blocks.id)")
            FROM blocks WHERE file = ? AND start \(direction.rawValue) ? AND start < ? AND latest >= ? AND earliest < ?
                AND levels >= ?
            ORDER BY start \(direction == .forwards ? "ASC" : "DESC") LIMIT \(page)
            """,
            .integer(entry.id), .integer(offset), .integer(entry.end),
            .integer(question.since?.nanoseconds ?? .min), .integer(question.until?.nanoseconds ?? .max),
            .integer(1 << Int64(question.minimumLevel?.rawValue ?? 0))
        ) { row throws(IndexError) -> BlockSummary? in
            seen += 1
            guard let range = BlockSummary.range(row, end: entry.end) else { throw .impossible }
            if seen == page { next = direction == .forwards ? range.lowerBound + 1 : range.lowerBound }
            if !question.ids.isEmpty {
                guard let filter = row.bytes(13), question.ids.allSatisfy({ IDFilter.mayHold($0, filter) }) else {
                    return nil
                }
            }
            return BlockSummary(row, file, range)
        }
        return (blocks, next)
    }
}

extension BlockSummary {
    /// Of the first two columns, start and length; nil when no block before `end` can be there.
    fileprivate static func range(_ row: borrowing IndexConnection.Row, end: Int64) -> Range<Int64>? {
        let (start, length) = (row.integer(0), row.integer(1))
        guard row.isInteger(0), row.isInteger(1), start >= 0, start < end, length > 0, length <= end - start,
            length <= longest
        else { return nil }
        return start..<(start + length)
    }

    fileprivate init(_ row: borrowing IndexConnection.Row, _ file: LogFile, _ range: Range<Int64>) {
        let length = range.upperBound - range.lowerBound
        self.init(
            range: range, lines: Int(row.integer(2)), context: LineContext(file, row, from: 3),
            earliest: LogTime(nanoseconds: row.integer(7)), latest: LogTime(nanoseconds: row.integer(8)),
            levels: UInt8(clamping: row.integer(9)), following: row.optional(10).map(LogTime.init(nanoseconds:)),
            standsAlone: row.integer(11) != 0, grave: row.bytes(12).flatMap { GraveLines.decode($0, length: length) })
    }
}

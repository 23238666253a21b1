import Glibc
import StateDirectory
import SystemPackage

/// Writes the index. Several may: each transaction holds what it was based on against what is there. Belongs to one thread.
final class IndexWriter {
    let connection: IndexConnection

    /// Minutes are kept for a day.
    private static let keptMinutes: Int64 = 1_440

    private let layout: StateLayout
    private let inode: UInt64?

    /// Opens or makes the index; one that is broken or of another version is replaced.
    ///
    /// - Parameter patience: how many milliseconds a transaction waits while others write.
    init(_ layout: StateLayout, patience: Int32 = 5_000) throws(IndexError) {
        do {
            connection = try Self.open(layout, patience)
        } catch  where error.isCorrupt {
            Self.remove(layout)
            connection = try Self.open(layout, patience)
        }
        self.layout = layout
        inode = Self.inode(layout)
    }

    /// False when the index was deleted or replaced meanwhile: what is written through this goes nowhere.
    var isCurrent: Bool { inode != nil && Self.inode(layout) == inode }

    private static func inode(_ layout: StateLayout) -> UInt64? {
        (try? Stat(layout.logIndex)).map { UInt64($0.inode.rawValue) }
    }

    private static func open(_ layout: StateLayout, _ patience: Int32) throws(IndexError) -> IndexConnection {
        guard let first = try IndexConnection(layout.logIndex, writes: true, patience: patience) else {
            throw IndexError(nil, 0)
        }
        var connection = first
        if ![0, IndexSchema.version].contains(try IndexSchema.version(of: connection)) {
            remove(layout)
            guard let second = try IndexConnection(layout.logIndex, writes: true, patience: patience) else {
                throw IndexError(nil, 0)
            }
            connection = second
        }
        try connection.execute(script: IndexSchema.creation)
        return connection
    }

    /// Deletes the index. Whoever has it open keeps what was there.
    private static func remove(_ layout: StateLayout) {
        for suffix in ["", "-wal", "-shm"] { unlink(layout.logIndex.string + suffix) }
    }

    /// How far the index of a file has come, and what is known of arrivals in it.
    func position(of file: LogFile) throws(IndexError) -> (position: IndexPosition, arrivals: [Arrivals.Mark]) {
        let found = try connection.rows(
            """
            SELECT id, indexed, counted, over, time, place, severity, anchored FROM files
            WHERE instance = ? AND run = ? AND stream = ?
            """, .text(file.run.instance.description), .integer(Int64(file.run.run)), .text(file.stream.rawValue)
        ) { row in
            (
                row.integer(0),
                IndexPosition(
                    indexed: row.integer(1), counted: row.integer(2), isOver: row.integer(3) != 0,
                    context: row.integer(1) == 0 ? LineContext(file) : LineContext(file, row, from: 4))
            )
        }.first
        let fresh = IndexPosition(indexed: 0, counted: 0, isOver: false, context: LineContext(file))
        guard let (id, position) = found else { return (fresh, []) }
        if position.indexed < 0 || position.counted < 0 {
            // No file has such a place: what is known of it is not worth more.
            try forget(file)
            return (fresh, [])
        }
        let arrivals = try connection.rows(
            "SELECT offset, time FROM arrivals WHERE file = ? AND offset >= ? ORDER BY offset", .integer(id),
            .integer(position.indexed)
        ) { row in Arrivals.Mark(offset: row.integer(0), time: LogTime(nanoseconds: row.integer(1))) }
        return (position, arrivals)
    }

    /// Writes steps in one transaction; returns the files where somebody else has been since, whose steps were not
    /// written.
    func commit(_ steps: [IndexStep], now: LogTime) throws(IndexError) -> [LogFile] {
        var conflicts: [LogFile] = []
        try connection.transaction { () throws(IndexError) in
            conflicts = []
            var instances: [String: [Int64: LogCounts]] = [:]
            for step in steps {
                guard try write(step) else {
                    conflicts.append(step.file)
                    continue
                }
                instances[step.file.run.instance.description, default: [:]].merge(step.minutes) { a, b in
                    var sum = a
                    sum += b
                    return sum
                }
            }
            for (instance, minutes) in instances { try add(minutes, of: instance) }
            try connection.run(
                "DELETE FROM minutes WHERE minute < ?",
                .integer(now.nanoseconds / 60_000_000_000 - Self.keptMinutes))
        }
        return conflicts
    }

    private func write(_ step: IndexStep) throws(IndexError) -> Bool {
        guard let id = try advance(step) else { return false }
        for block in step.blocks { try insert(block, file: id) }
        for mark in step.arrivals {
            try connection.run(
                "INSERT OR REPLACE INTO arrivals (file, offset, time) VALUES (?, ?, ?)", .integer(id),
                .integer(mark.offset), .integer(mark.time.nanoseconds))
        }
        return true
    }

    /// Moves a file's position on and gives its id; nil when it is not where the step began.
    private func advance(_ step: IndexStep) throws(IndexError) -> Int64? {
        let (file, after, context) = (step.file, step.after, step.after.context)
        let (instance, stream) = (file.run.instance.description, file.stream.rawValue)
        let fresh = IndexPosition(indexed: 0, counted: 0, isOver: false, context: step.before.context)
        if step.before == fresh {
            try connection.run(
                """
                INSERT OR IGNORE INTO files
                    (instance, run, stream, indexed, counted, over, time, place, severity, anchored)
                VALUES (?, ?, ?, 0, 0, 0, 0, 0, 0, 0)
                """, .text(instance), .integer(Int64(file.run.run)), .text(stream))
        }
        return try connection.rows(
            """
            UPDATE files SET indexed = ?4, counted = ?5, over = ?6, time = ?7, place = ?8, severity = ?9, anchored = ?10,
                lines = lines + ?14
            WHERE instance = ?1 AND run = ?2 AND stream = ?3 AND indexed = ?11 AND counted = ?12 AND over = ?13
            RETURNING id
            """, .text(instance), .integer(Int64(file.run.run)), .text(stream), .integer(after.indexed),
            .integer(after.counted), .integer(after.isOver ? 1 : 0), .integer(context.time.nanoseconds),
            .integer(context.place.nanoseconds), .integer(Int64(context.severity.rawValue)),
            .integer(context.isAnchored ? 1 : 0), .integer(step.before.indexed), .integer(step.before.counted),
            .integer(step.before.isOver ? 1 : 0), .integer(step.lines)
        ) { $0.integer(0) }.first
    }

    private func insert(_ block: IndexedBlock, file: Int64) throws(IndexError) {
        let summary = block.summary
        try connection.run(
            """
            INSERT INTO blocks (file, start, length, lines, time, place, severity, anchored, earliest, latest, levels,
                following, alone, grave)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .integer(file), .integer(summary.range.lowerBound),
            .integer(summary.range.upperBound - summary.range.lowerBound), .integer(Int64(summary.lines)),
            .integer(summary.context.time.nanoseconds), .integer(summary.context.place.nanoseconds),
            .integer(Int64(summary.context.severity.rawValue)), .integer(summary.context.isAnchored ? 1 : 0),
            .integer(summary.earliest.nanoseconds), .integer(summary.latest.nanoseconds),
            .integer(Int64(summary.levels)), summary.following.map { .integer($0.nanoseconds) } ?? .null,
            .integer(summary.standsAlone ? 1 : 0), summary.grave.map { .bytes($0.encoded) } ?? .null)
        if !block.ids.bytes.isEmpty {
            try connection.run(
                "INSERT INTO ids (block, filter) VALUES (?, ?)", .integer(connection.lastInsertedRow),
                .bytes(block.ids.bytes))
        }
    }

    private func add(_ minutes: [Int64: LogCounts], of instance: String) throws(IndexError) {
        var total = LogCounts()
        for (minute, counts) in minutes {
            total += counts
            try connection.run(
                """
                INSERT INTO minutes (instance, minute, lines, bytes, errors) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (instance, minute) DO UPDATE SET
                    lines = lines + excluded.lines, bytes = bytes + excluded.bytes, errors = errors + excluded.errors
                """, .text(instance), .integer(minute), .integer(counts.lines), .integer(counts.bytes),
                .integer(counts.errors))
        }
        if total == LogCounts() { return }
        try connection.run(
            """
            INSERT INTO totals (instance, lines, bytes, errors) VALUES (?, ?, ?, ?)
            ON CONFLICT (instance) DO UPDATE SET
                lines = lines + excluded.lines, bytes = bytes + excluded.bytes, errors = errors + excluded.errors
            """, .text(instance), .integer(total.lines), .integer(total.bytes), .integer(total.errors))
    }

    /// Forgets the blocks of a file, which can be made again.
    func resetBlocks(of file: LogFile) throws(IndexError) {
        try forEachID(
            "UPDATE files SET indexed = 0, over = 0 WHERE instance = ? AND run = ? AND stream = ? RETURNING id", file
        ) { id throws(IndexError) in try removeBlocks(of: id) }
    }

    /// Forgets everything of a file.
    func forget(_ file: LogFile) throws(IndexError) {
        try forEachID("DELETE FROM files WHERE instance = ? AND run = ? AND stream = ? RETURNING id", file) {
            id throws(IndexError) in
            try removeBlocks(of: id)
            try connection.run("DELETE FROM arrivals WHERE file = ?", .integer(id))
        }
    }

    private func forEachID(
        _ sql: String, _ file: LogFile, _ body: (Int64) throws(IndexError) -> Void
    ) throws(IndexError) {
        try connection.transaction { () throws(IndexError) in
            let ids = try connection.rows(
                sql, .text(file.run.instance.description), .integer(Int64(file.run.run)), .text(file.stream.rawValue)
            ) { $0.integer(0) }
            for id in ids { try body(id) }
        }
    }

    func removeBlocks(of file: Int64) throws(IndexError) {
        try connection.run("DELETE FROM ids WHERE block IN (SELECT id FROM blocks WHERE file = ?)", .integer(file))
        try connection.run("DELETE FROM blocks WHERE file = ?", .integer(file))
    }
}

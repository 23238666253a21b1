import StateDirectory
import SystemPackage

/// What retention asks of the index, and tells it.
extension IndexWriter {
    struct StoredFile: Hashable {
        let id: Int64
        let instance: InstanceID
        let run: Int
        let stream: LogStream

        func path(in layout: StateLayout) -> FilePath {
            LogFile(run: layout.run(run, of: instance), stream: stream).path
        }
    }

    struct StoredBlock {
        let file: StoredFile
        let range: Range<Int64>
        let lines: Int64
    }

    /// Blocks of one run, or of all, the oldest first and those of a file in its order; some thousands at most. How old a
    /// block is, its earliest line says.
    func oldestBlocks(of run: RunDirectory?) throws(IndexError) -> [StoredBlock] {
        try connection.rows(
            """
            SELECT files.id, instance, run, stream, start, length, blocks.lines FROM blocks JOIN files ON files.id = blocks.file
            WHERE (?1 IS NULL OR (instance = ?1 AND run = ?2))
            ORDER BY max(earliest) OVER (PARTITION BY blocks.file ORDER BY start), blocks.file, start LIMIT 4096
            """, run.map { .text($0.instance.description) } ?? .null, .integer(Int64(run?.run ?? 0))
        ) { row throws(IndexError) -> StoredBlock? in
            guard let instance = InstanceID(row.text(1)), let stream = LogStream(rawValue: row.text(3)) else {
                return nil
            }
            let file = StoredFile(id: row.integer(0), instance: instance, run: Int(row.integer(2)), stream: stream)
            let (start, length) = (row.integer(4), row.integer(5))
            guard start >= 0, length > 0, start < .max - length else { return nil }
            return StoredBlock(file: file, range: start..<(start + length), lines: row.integer(6))
        }
    }

    /// Forgets the blocks before an offset, and remembers how many lines they had.
    func drop(_ file: StoredFile, upTo end: Int64, lines: Int64) throws(IndexError) {
        try connection.transaction { () throws(IndexError) in
            try connection.run(
                "UPDATE files SET first = max(first, ?), dropped = dropped + ? WHERE id = ?", .integer(end),
                .integer(lines), .integer(file.id))
            try connection.run(
                "DELETE FROM ids WHERE block IN (SELECT id FROM blocks WHERE file = ? AND start < ?)",
                .integer(file.id), .integer(end))
            try connection.run("DELETE FROM blocks WHERE file = ? AND start < ?", .integer(file.id), .integer(end))
            try connection.run("DELETE FROM arrivals WHERE file = ? AND offset < ?", .integer(file.id), .integer(end))
        }
    }

    /// The same for lines that were dropped without asking the index: what is left of the file is indexed anew. Its minutes
    /// stay counted.
    func begin(_ file: LogFile, at first: Int64, dropped lines: Int64) throws(IndexError) {
        try connection.transaction { () throws(IndexError) in
            for id in try connection.rows(
                """
                INSERT INTO files (instance, run, stream, indexed, counted, over, time, place, severity, anchored, first,
                    dropped)
                VALUES (?1, ?2, ?3, 0, 0, 0, 0, 0, 0, 0, ?4, ?5)
                ON CONFLICT DO UPDATE SET indexed = 0, over = 0, first = ?4, dropped = dropped + ?5 RETURNING id
                """, .text(file.run.instance.description), .integer(Int64(file.run.run)), .text(file.stream.rawValue),
                .integer(first), .integer(lines), body: { row throws(IndexError) -> Int64? in row.integer(0) })
            {
                try removeBlocks(of: id)
            }
        }
    }

    /// Forgets the files of an instance's runs that were deleted, and remembers how much they held.
    func forgetMissing(of instance: InstanceID, among runs: [RunDirectory]) throws(IndexError) {
        let present = Set(runs.map { Int64($0.run) })
        let name = instance.description
        let missing = try connection.rows("SELECT DISTINCT run FROM files WHERE instance = ?", .text(name)) {
            row throws(IndexError) -> Int64? in present.contains(row.integer(0)) ? nil : row.integer(0)
        }
        for run in missing {
            try connection.transaction { () throws(IndexError) in
                try connection.run(
                    """
                    INSERT INTO discarded (instance, runs, lines, bytes)
                    SELECT ?1, 1, sum(lines), sum(counted) FROM files WHERE instance = ?1 AND run = ?2
                    ON CONFLICT (instance) DO UPDATE SET
                        runs = runs + 1, lines = lines + excluded.lines, bytes = bytes + excluded.bytes
                    """, .text(name), .integer(run))
                for id in try connection.rows(
                    "SELECT id FROM files WHERE instance = ? AND run = ?", .text(name), .integer(run),
                    body: { row throws(IndexError) -> Int64? in row.integer(0) })
                {
                    try removeBlocks(of: id)
                    try connection.run("DELETE FROM arrivals WHERE file = ?", .integer(id))
                    try connection.run("DELETE FROM files WHERE id = ?", .integer(id))
                }
            }
        }
    }
}

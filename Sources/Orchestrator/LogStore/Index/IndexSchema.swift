import StateDirectory
import SystemPackage

/// The tables of `logs.db`. What is in `files`, `blocks` and `ids` can be made again from the log files at any time; the
/// others keep what no file says: when text arrived, how much was written in which minute, what was dropped.
enum IndexSchema {
    /// Another version's index is not read, and is made anew by who writes.
    static let version: Int64 = 2

    /// Nothing waits for the disk: after a power cut a broken index is replaced, and a wait would hold up `state.db` beside it.
    static let creation = """
        PRAGMA page_size = 8192;
        PRAGMA synchronous = OFF;
        PRAGMA cache_size = -1024;
        PRAGMA journal_mode = WAL;
        BEGIN IMMEDIATE;
        CREATE TABLE IF NOT EXISTS files (
            id INTEGER PRIMARY KEY, instance TEXT NOT NULL, run INTEGER NOT NULL, stream TEXT NOT NULL,
            indexed INTEGER NOT NULL, counted INTEGER NOT NULL, over INTEGER NOT NULL,
            lines INTEGER NOT NULL DEFAULT 0, first INTEGER NOT NULL DEFAULT 0, dropped INTEGER NOT NULL DEFAULT 0,
            time INTEGER NOT NULL, place INTEGER NOT NULL, severity INTEGER NOT NULL, anchored INTEGER NOT NULL,
            UNIQUE (instance, run, stream));
        CREATE TABLE IF NOT EXISTS blocks (
            id INTEGER PRIMARY KEY, file INTEGER NOT NULL, start INTEGER NOT NULL, length INTEGER NOT NULL,
            lines INTEGER NOT NULL, time INTEGER NOT NULL, place INTEGER NOT NULL, severity INTEGER NOT NULL,
            anchored INTEGER NOT NULL, earliest INTEGER NOT NULL, latest INTEGER NOT NULL, levels INTEGER NOT NULL,
            following INTEGER, alone INTEGER NOT NULL, grave BLOB);
        CREATE UNIQUE INDEX IF NOT EXISTS blocks_of_file ON blocks (file, start);
        CREATE TABLE IF NOT EXISTS ids (block INTEGER PRIMARY KEY, filter BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS arrivals (
            file INTEGER NOT NULL, offset INTEGER NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (file, offset)
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS minutes (
            instance TEXT NOT NULL, minute INTEGER NOT NULL, lines INTEGER NOT NULL, bytes INTEGER NOT NULL,
            errors INTEGER NOT NULL, PRIMARY KEY (instance, minute)
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS totals (
            instance TEXT PRIMARY KEY, lines INTEGER NOT NULL, bytes INTEGER NOT NULL, errors INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS discarded (
            instance TEXT PRIMARY KEY, runs INTEGER NOT NULL, lines INTEGER NOT NULL, bytes INTEGER NOT NULL
        ) WITHOUT ROWID;
        PRAGMA user_version = \(version);
        COMMIT;
        """

    static func version(of connection: IndexConnection) throws(IndexError) -> Int64 {
        try connection.rows("PRAGMA user_version") { $0.integer(0) }.first ?? 0
    }
}

extension LineContext {
    /// From four columns: time, place, severity, anchored.
    init(_ file: LogFile, _ row: borrowing IndexConnection.Row, from column: Int32) {
        self.init(
            file, time: LogTime(nanoseconds: row.integer(column)), place: LogTime(nanoseconds: row.integer(column + 1)),
            severity: LogLevel(rawValue: UInt8(clamping: row.integer(column + 2))) ?? .info,
            isAnchored: row.integer(column + 3) != 0)
    }
}

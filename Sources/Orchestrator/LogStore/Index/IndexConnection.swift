import CSQLite
import StateDirectory
import SystemPackage

/// A connection to the index, with its statements prepared once. Belongs to one thread.
final class IndexConnection {
    /// What a statement is given.
    enum Value {
        case integer(Int64)
        case text(String)
        case bytes([UInt8])
        case null
    }

    private let connection: OpaquePointer
    private var statements: [String: OpaquePointer] = [:]

    /// Opens the index, or makes it where it is to be written; nil when it is to be read and is not there.
    ///
    /// - Parameter patience: how many milliseconds it waits while others write.
    init?(_ path: FilePath, writes: Bool, patience: Int32 = 5_000) throws(IndexError) {
        if !writes, !AtomicFile.exists(path) { return nil }
        var connection: OpaquePointer?
        let mode = writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY
        let code = sqlite3_open_v2(path.string, &connection, mode | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let connection else {
            let error = IndexError(connection, code)
            sqlite3_close(connection)
            throw error
        }
        self.connection = connection
        sqlite3_busy_timeout(connection, patience)
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close(connection)
    }

    /// Runs statements that give no rows and take no arguments.
    func execute(script: String) throws(IndexError) {
        let code = sqlite3_exec(connection, script, nil, nil, nil)
        if code != SQLITE_OK { throw IndexError(connection, code) }
    }

    /// Runs a statement to its end; returns how many rows it changed.
    @discardableResult
    func run(_ sql: String, _ arguments: Value...) throws(IndexError) -> Int {
        let statement = try prepared(sql, arguments)
        defer { sqlite3_reset(statement) }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: continue
            case SQLITE_DONE: return Int(sqlite3_changes(connection))
            case let code: throw IndexError(connection, code)
            }
        }
    }

    /// The values that `body` makes of the rows of a SELECT; a nil is left out.
    func rows<Result>(
        _ sql: String, _ arguments: Value..., body: (borrowing Row) throws(IndexError) -> Result?
    ) throws(IndexError) -> [Result] {
        let statement = try prepared(sql, arguments)
        defer { sqlite3_reset(statement) }
        var results: [Result] = []
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return results }
            guard code == SQLITE_ROW else { throw IndexError(connection, code) }
            if let result = try body(Row(statement: statement)) { results.append(result) }
        }
    }

    var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(connection) }

    /// All of it or nothing. Within another one it is part of that.
    func transaction(_ body: () throws(IndexError) -> Void) throws(IndexError) {
        if sqlite3_get_autocommit(connection) == 0 { return try body() }
        try execute(script: "BEGIN IMMEDIATE")
        do {
            try body()
            try execute(script: "COMMIT")
        } catch {
            // SQLite has rolled back by itself after the worst errors; then this one says that there is nothing to.
            sqlite3_exec(connection, "ROLLBACK", nil, nil, nil)
            throw error
        }
    }

    /// The same for work that can fail otherwise, too.
    func together(_ body: () throws -> Void) throws {
        try execute(script: "BEGIN IMMEDIATE")
        do {
            try body()
            try execute(script: "COMMIT")
        } catch {
            sqlite3_exec(connection, "ROLLBACK", nil, nil, nil)
            throw error
        }
    }

    private func prepared(_ sql: String, _ arguments: [Value]) throws(IndexError) -> OpaquePointer {
        let statement = if let known = statements[sql] { known } else { try prepare(sql) }
        for (index, argument) in arguments.enumerated() {
            let column = Int32(index + 1)
            switch argument {
            case .integer(let value): sqlite3_bind_int64(statement, column, value)
            case .text(let value): _ = csqlite_bind_text(statement, column, value)
            case .bytes(let value): _ = csqlite_bind_blob(statement, column, value, Int32(value.count))
            case .null: sqlite3_bind_null(statement, column)
            }
        }
        return statement
    }

    private func prepare(_ sql: String) throws(IndexError) -> OpaquePointer {
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v2(connection, sql, -1, &prepared, nil)
        guard code == SQLITE_OK, let statement = prepared else { throw IndexError(connection, code) }
        statements[sql] = statement
        return statement
    }

    /// The row that a SELECT stands on; columns are counted from 0.
    struct Row: ~Copyable {
        fileprivate let statement: OpaquePointer

        func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

        /// What was stored is an integer, and was not made one.
        func isInteger(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_INTEGER }

        func optional(_ column: Int32) -> Int64? {
            sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : integer(column)
        }

        func text(_ column: Int32) -> String {
            sqlite3_column_text(statement, column).map { String(cString: $0) } ?? ""
        }

        /// Good until the next row; nil for NULL.
        func bytes(_ column: Int32) -> UnsafeRawBufferPointer? {
            if sqlite3_column_type(statement, column) == SQLITE_NULL { return nil }
            let start = sqlite3_column_blob(statement, column)
            return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
        }
    }
}

/// Why the index cannot be read or written; the logs themselves are not touched by it.
package struct IndexError: Error, Equatable, CustomStringConvertible {
    package let code: Int32
    package let message: String

    init(_ connection: OpaquePointer?, _ code: Int32) {
        self.code = code
        message = connection.map { String(cString: sqlite3_errmsg($0)) } ?? "error \(code)"
    }

    /// What a row says cannot be true.
    static let impossible = IndexError(nil, SQLITE_CORRUPT)
    /// What is asked for is not as it was any more.
    static let released = IndexError(nil, SQLITE_ABORT)

    /// It is no index, or a broken one: only a new one helps.
    var isCorrupt: Bool { code & 0xFF == SQLITE_CORRUPT || code & 0xFF == SQLITE_NOTADB }
    /// The disk is full.
    var isFull: Bool { code & 0xFF == SQLITE_FULL }

    package var description: String { "the log index: \(message)" }
}

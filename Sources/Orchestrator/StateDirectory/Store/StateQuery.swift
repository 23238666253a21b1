import CSQLite
import SystemPackage

/// state.db opened for reading, by SQLite's own interface: a command that only looks is done in a few milliseconds, and
/// half of them would go to opening it through the library that the daemon writes with.
package struct StateQuery: ~Copyable {
    private let connection: OpaquePointer

    /// nil when there is no database yet.
    package init?(_ path: FilePath) throws(StateError) {
        guard (try? FileDescriptor.open(path, .readOnly).close()) != nil else { return nil }
        var connection: OpaquePointer?
        let code = sqlite3_open_v2(path.string, &connection, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let connection else {
            let message = connection.map { String(cString: sqlite3_errmsg($0)) } ?? "error \(code)"
            sqlite3_close(connection)
            throw .database("\(path): \(message)")
        }
        self.connection = connection
        sqlite3_busy_timeout(connection, 5_000)
    }

    deinit { sqlite3_close(connection) }

    /// The rows of a SELECT. A table that is not there yet, because its daemon has not come that far, has no rows.
    package func rows<Value>(
        _ sql: String, _ arguments: [Argument] = [], _ body: (Row) throws(StateError) -> Value
    ) throws(StateError) -> [Value] {
        var prepared: OpaquePointer?
        guard sqlite3_prepare_v2(connection, sql, -1, &prepared, nil) == SQLITE_OK, let statement = prepared else {
            let message = String(cString: sqlite3_errmsg(connection))
            if message.hasPrefix("no such table") || message.hasPrefix("no such column") { return [] }
            throw .database(message)
        }
        defer { sqlite3_finalize(statement) }
        for (index, argument) in arguments.enumerated() {
            switch argument {
            case .integer(let value): sqlite3_bind_int64(statement, Int32(index + 1), value)
            case .text(let value): _ = csqlite_bind_text(statement, Int32(index + 1), value)
            }
        }
        var values: [Value] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: values.append(try body(Row(statement: statement)))
            case SQLITE_DONE: return values
            default: throw .database(String(cString: sqlite3_errmsg(connection)))
            }
        }
    }

    package enum Argument: Sendable {
        case integer(Int64)
        case text(String)
    }

    /// The row that a SELECT stands on; columns are counted from 0.
    package struct Row {
        fileprivate let statement: OpaquePointer

        package func integer(_ column: Int32) -> Int64? {
            isNull(column) ? nil : sqlite3_column_int64(statement, column)
        }

        package func text(_ column: Int32) -> String? {
            sqlite3_column_text(statement, column).map { String(cString: $0) }
        }

        private func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }
    }
}

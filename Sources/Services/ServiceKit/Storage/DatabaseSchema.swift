import GRDB

/// What a database is made of: the statement that made each table, index and trigger, by its name. White space makes no
/// difference; SQLite's own tables, and those behind an index of words, are left out, since another version of it may make
/// them differently.
struct DatabaseSchema {
    private let statements: [String: String]

    init(_ database: Database) throws {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT name, sql FROM sqlite_master
                WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*'
                    AND tbl_name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')
                """)
        statements = Dictionary(
            rows.map { row in
                let sql: String = row["sql"]
                return (row["name"], sql.split(whereSeparator: \.isWhitespace).joined(separator: " "))
            }, uniquingKeysWith: { first, _ in first })
    }

    /// The names of what `other` has not, or has otherwise. What it has besides is nobody's business: an index that an
    /// operator added does no harm.
    func differences(in other: DatabaseSchema) -> [String] {
        statements.filter { other.statements[$0.key] != $0.value }.keys.sorted()
    }
}

extension ServiceDatabase {
    /// The database is not what the migrations that it has had would make of an empty one: one of them was edited since,
    /// or somebody changed the database by hand. What the next migration would do to it nobody knows.
    package struct ChangedSchema: Error, CustomStringConvertible {
        package let names: [String]

        package var description: String {
            "the database is not what its migrations make: \(names.joined(separator: ", "))"
        }
    }

    static func check(_ migrator: DatabaseMigrator, in database: Database) throws {
        let done = try migrator.completedMigrations(database)
        guard let last = done.last else { return }
        let empty = try DatabaseQueue()
        try migrator.migrate(empty, upTo: last)
        let names = try empty.read(DatabaseSchema.init).differences(in: DatabaseSchema(database))
        guard names.isEmpty else { throw ChangedSchema(names: names) }
    }
}

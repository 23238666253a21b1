import Foundation
import GRDB
import ServiceKit

/// A service's database as a version of it left it, after one of its migrations: a script in the directory `Schemas` beside
/// a test, written once and never edited. A new migration gets a new one.
package struct FrozenSchema: Sendable, CustomStringConvertible {
    package let description: String
    private let path: String

    /// All of them, the oldest first.
    ///
    /// - Parameter file: the test's own.
    package static func all(beside file: String = #filePath) -> [FrozenSchema] {
        let directory = URL(filePath: file).deletingLastPathComponent().appending(path: "Schemas").path
        // None at all is what the tests notice.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter { $0.hasSuffix(".sql") }.sorted { $0.localizedStandardCompare($1) == .orderedAscending }
            .map { FrozenSchema(description: $0, path: "\(directory)/\($0)") }
    }

    /// Makes the database in a new file.
    package func thaw(at path: String) throws {
        let database = try DatabaseQueue(path: path)
        try database.write { try $0.execute(sql: String(contentsOfFile: self.path, encoding: .utf8)) }
        try database.close()
    }

    /// The last migration it has had.
    package func migration() throws -> String? {
        try read { database in
            try String.fetchOne(database, sql: "SELECT identifier FROM grdb_migrations ORDER BY rowid DESC")
        }
    }

    /// Every table, index and trigger that is not there, or not the same, on one side of the two.
    package func differences(after migrator: DatabaseMigrator, upTo migration: String) throws -> [String] {
        let made = try DatabaseQueue()
        try migrator.migrate(made, upTo: migration)
        return try Set(read(Self.statements)).symmetricDifference(made.read(Self.statements)).sorted()
    }

    private func read<Value>(_ value: (Database) throws -> Value) throws -> Value {
        let database = try DatabaseQueue()
        try database.write { try $0.execute(sql: String(contentsOfFile: path, encoding: .utf8)) }
        return try database.read(value)
    }

    /// All of `sqlite_master`.
    package static func statements(_ database: Database) throws -> [String] {
        try String.fetchAll(
            database, sql: "SELECT type || ' ' || name || ': ' || COALESCE(sql, '') FROM sqlite_master ORDER BY 1")
    }
}

extension Database {
    /// What is wrong with it as a database: pages, references, and the indexes of words.
    package func damages() throws -> [String] {
        var damages = try String.fetchAll(self, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
        damages += try Row.fetchAll(self, sql: "PRAGMA foreign_key_check").map(\.description)
        let indexes = try String.fetchAll(
            self, sql: "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE % USING fts5%'")
        for index in indexes {
            try execute(sql: "INSERT INTO \(index) (\(index), rank) VALUES ('integrity-check', 1)")
        }
        return damages
    }
}

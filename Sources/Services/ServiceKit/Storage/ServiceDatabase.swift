import Foundation
import GRDB

/// Opens a service's own SQLite database: WAL, foreign keys, a busy timeout, migrated to the newest schema.
package enum ServiceDatabase {
    /// What survives a power cut. A killed process loses nothing either way.
    package enum Durability: String, Sendable {
        /// Commits of the last moments may be lost with the power.
        case normal = "NORMAL"
        /// Every commit is on disk: for orders and outboxes.
        case full = "FULL"
    }

    /// Blocks while it migrates, or while another instance of the service does; called once, before the port is open.
    /// Requests use GRDB's `async` reads and writes.
    ///
    /// Instances share a database while one replaces another, so a migration must leave what the version before needs:
    /// add first, remove in a later version.
    ///
    /// - Throws: ``NewerSchema``, ``ChangedSchema``, or what SQLite says.
    package static func open(
        path: String, durability: Durability, migrations: (inout DatabaseMigrator) -> Void
    ) throws -> DatabasePool {
        let directory = URL(filePath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(
            at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = \(durability.rawValue)")
        }
        let lock = try OpeningLock(database: path)
        defer { _ = lock }
        let pool = try DatabasePool(path: path, configuration: configuration)
        var migrator = DatabaseMigrator()
        migrations(&migrator)
        try pool.read { database in
            guard try !migrator.hasBeenSuperseded(database) else { throw NewerSchema() }
            try check(migrator, in: database)
        }
        try migrator.migrate(pool)
        return pool
    }

    /// The file was written by a newer version of the service; an older one must not touch it.
    package struct NewerSchema: Error, CustomStringConvertible {
        package var description: String { "the database has migrations this version does not know" }
    }
}

extension Timestamp: DatabaseValueConvertible {
    package var databaseValue: DatabaseValue { milliseconds.databaseValue }

    package static func fromDatabaseValue(_ value: DatabaseValue) -> Timestamp? {
        Int64.fromDatabaseValue(value).map(Timestamp.init(milliseconds:))
    }
}

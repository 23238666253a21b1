import GRDB
import SystemPackage

/// The schema of `state.db`. Forward only: a migration that has shipped is never edited.
enum StateDatabase {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 desired state, instances, runs, events") { db in
            try db.execute(
                sql: """
                    CREATE TABLE desired (id INTEGER PRIMARY KEY CHECK (id = 1), project TEXT NOT NULL);
                    CREATE TABLE instances (instance TEXT PRIMARY KEY, state TEXT NOT NULL, status TEXT NOT NULL);
                    CREATE TABLE runs (
                        instance TEXT NOT NULL, run INTEGER NOT NULL, pid INTEGER, started INTEGER NOT NULL,
                        ended INTEGER, exit TEXT, PRIMARY KEY (instance, run));
                    CREATE TABLE events (
                        seq INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, event TEXT NOT NULL,
                        service TEXT NOT NULL, instance TEXT NOT NULL, run INTEGER NOT NULL, detail TEXT);
                    """)
        }
        migrator.registerMigration("2 facts: rollouts, attachment") { db in
            try db.execute(sql: "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        }
        migrator.registerMigration("3 columns that status reads") { db in
            try db.execute(
                sql: """
                    ALTER TABLE instances ADD COLUMN run INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE instances ADD COLUMN health TEXT NOT NULL DEFAULT 'none';
                    ALTER TABLE instances ADD COLUMN pid INTEGER;
                    ALTER TABLE instances ADD COLUMN port INTEGER;
                    ALTER TABLE instances ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE instances ADD COLUMN restarts INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE instances ADD COLUMN exit TEXT;
                    ALTER TABLE instances ADD COLUMN reason TEXT;
                    ALTER TABLE instances ADD COLUMN flags INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE desired ADD COLUMN name TEXT NOT NULL DEFAULT '';
                    """)
        }
        migrator.registerMigration("4 probes") { db in
            try db.execute(
                sql: """
                    CREATE TABLE probes (
                        id INTEGER PRIMARY KEY, instance TEXT NOT NULL, kind TEXT NOT NULL, time INTEGER NOT NULL,
                        outcome TEXT NOT NULL, microseconds INTEGER NOT NULL, detail TEXT NOT NULL, body TEXT);
                    CREATE INDEX probes_of_instance ON probes (instance, kind, id);
                    """)
        }
        return migrator
    }

    static func open(_ path: FilePath, readonly: Bool) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = readonly
        configuration.busyMode = .timeout(5)
        configuration.label = "state.db"
        if !readonly {
            configuration.prepareDatabase { db in
                // What is written here describes processes, which a power cut ends too: no fsync per commit.
                try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
            }
        }
        return try DatabaseQueue(path: path.string, configuration: configuration)
    }
}

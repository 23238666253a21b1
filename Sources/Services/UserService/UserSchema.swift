import GRDB
import ServiceKit

/// The database's history. Migrations are only ever added at the end.
enum UserSchema {
    static func migrations(_ migrator: inout DatabaseMigrator) {
        migrator.registerMigration("1 accounts") { database in
            try database.execute(
                sql: """
                    CREATE TABLE accounts (
                        id TEXT PRIMARY KEY NOT NULL,
                        username TEXT NOT NULL,
                        username_key TEXT NOT NULL UNIQUE,
                        email TEXT NOT NULL,
                        email_key TEXT NOT NULL UNIQUE,
                        password_hash TEXT NOT NULL,
                        roles TEXT NOT NULL,
                        first_name TEXT NOT NULL DEFAULT '',
                        last_name TEXT NOT NULL DEFAULT '',
                        bio TEXT NOT NULL DEFAULT '',
                        operator_fingerprint TEXT,
                        created_at BIGINT NOT NULL,
                        updated_at BIGINT NOT NULL
                    );
                    CREATE INDEX accounts_by_creation ON accounts (created_at, id);
                    """)
        }
        migrator.registerMigration("2 refresh tokens") { database in
            try database.execute(
                sql: """
                    CREATE TABLE refresh_tokens (
                        token_hash TEXT PRIMARY KEY NOT NULL,
                        family TEXT NOT NULL,
                        account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                        expires_at BIGINT NOT NULL,
                        used_at BIGINT,
                        revoked_at BIGINT
                    );
                    CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family);
                    CREATE INDEX refresh_tokens_by_account ON refresh_tokens (account_id);
                    """)
        }
        migrator.registerMigration("3 account versions") { database in
            // Every change of what is shown of an account makes it larger; see EntityTag.
            try database.execute(sql: "ALTER TABLE accounts ADD COLUMN version BIGINT NOT NULL DEFAULT 1")
        }
        migrator.registerMigration("4 revocations") { database in
            // Numbers that grow and are never used again: who asks for what came after one misses nothing.
            try database.execute(
                sql: """
                    CREATE TABLE revocations (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        family TEXT NOT NULL UNIQUE,
                        revoked_at BIGINT NOT NULL
                    );
                    CREATE INDEX revocations_by_age ON revocations (revoked_at);
                    """)
        }
        migrator.registerMigration("5 keyed requests") { database in
            try KeyedRequest.createTable(in: database)
        }
        migrator.registerMigration("6 keys without case") { database in
            // Keys were lower case once, which left a few letters in two forms. Where two accounts now have one key the
            // second keeps its old one, and logs in with its address.
            let rows = try Row.fetchAll(database, sql: "SELECT id, username, email FROM accounts ORDER BY created_at")
            for row in rows {
                let id: String = row["id"]
                for (column, key) in [
                    ("username_key", Username.key(row["username"])), ("email_key", EmailAddress.key(row["email"])),
                ] {
                    try database.execute(
                        sql: "UPDATE OR IGNORE accounts SET \(column) = ?1 WHERE id = ?2 AND \(column) <> ?1",
                        arguments: [key, id])
                }
            }
        }
    }
}

import GRDB
import ServiceKit

/// The sessions that were ended and whose access tokens may not have expired yet.
struct RevocationStore: Sendable {
    /// For how long a session is remembered: the life of an access token, and a minute for one that was being signed.
    static let retention = AccessTokenIssuer.lifetime + .seconds(60)
    static let pageSize = 1000

    let database: any DatabaseWriter
    let clock: WallClock

    /// Asked with every access token shown to this service, so that what another instance ended is ended here at once.
    var check: RevocationCheck {
        RevocationCheck { [database] family in
            try await database.read { database in
                try Bool.fetchOne(
                    database, sql: "SELECT EXISTS (SELECT 1 FROM revocations WHERE family = ?)", arguments: [family])
                    ?? false
            }
        }
    }

    /// What was ended after number `since`; from the beginning when that is none of ours, as after the file was
    /// replaced.
    func page(since: Int64, limit: Int = pageSize) async throws -> RevocationPage {
        let now = clock.now()
        return try await database.read { database in
            let last = try Int64.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'revocations'")
            let start = since <= last ?? 0 ? since : 0
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT number, family, revoked_at FROM revocations
                    WHERE number > ? AND revoked_at > ? ORDER BY number LIMIT ?
                    """,
                arguments: [start, Self.oldest(now), limit])
            let sessions = rows.map { row in
                let revokedAt: Timestamp = row["revoked_at"]
                let remaining = (revokedAt + Self.retention).milliseconds - now.milliseconds
                return (id: row["family"] as String, remaining: Duration.milliseconds(remaining))
            }
            return RevocationPage(
                sessions: sessions, next: rows.last?["number"] ?? start, hasMore: rows.count == limit)
        }
    }

    /// Ends the sessions of the refresh tokens that `condition` selects, in the caller's transaction: their refresh
    /// tokens at once, and their access tokens where they may still be about. Tokens of both kinds are issued together.
    static func revoke(
        where condition: String, _ arguments: StatementArguments, now: Timestamp, in database: Database
    ) throws {
        let families = "SELECT family FROM refresh_tokens WHERE revoked_at IS NULL AND \(condition)"
        let issuedAfter = oldest(now)
        try database.execute(sql: "DELETE FROM revocations WHERE revoked_at <= ?", arguments: [oldest(now)])
        try database.execute(
            sql: """
                INSERT OR IGNORE INTO revocations (family, revoked_at)
                SELECT family, ? FROM refresh_tokens WHERE family IN (\(families))
                GROUP BY family HAVING MAX(expires_at) > ?
                """,
            arguments: [now] + arguments + [issuedAfter + RefreshTokenStore.lifetime])
        try database.execute(
            sql: "UPDATE refresh_tokens SET revoked_at = ? WHERE revoked_at IS NULL AND family IN (\(families))",
            arguments: [now] + arguments)
    }

    private static func oldest(_ now: Timestamp) -> Timestamp { now + (.zero - retention) }
}

import Crypto
import Foundation
import GRDB

/// A request with a key, for effects that are one transaction: what it made is remembered in that transaction, so that
/// the same request, sent again, finds it instead of making it again.
///
/// Two at once need no word of their own: the transactions follow each other.
package struct KeyedRequest: Sendable {
    /// Whose key it is: the same key of two people names two requests.
    let owner: String
    let key: IdempotencyKey
    /// A hash of what was asked for.
    let fingerprint: String

    /// - Parameter body: what was asked for; equal requests have equal bodies. Nothing that must not be guessed from a
    ///   hash, such as a password, belongs in it.
    package init(_ key: IdempotencyKey, owner: String, body: JSONValue) {
        self.key = key
        self.owner = owner
        fingerprint = Base64URL.encode(SHA256.hash(data: Data(JSONWriter.bytes(of: body))))
    }

    /// To be run in one migration of the service.
    package static func createTable(in database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE keyed_requests (
                    owner TEXT NOT NULL,
                    key TEXT NOT NULL,
                    fingerprint TEXT NOT NULL,
                    resource TEXT NOT NULL,
                    created_at BIGINT NOT NULL,
                    PRIMARY KEY (owner, key)
                ) WITHOUT ROWID;
                CREATE INDEX keyed_requests_by_age ON keyed_requests (created_at);
                """)
    }

    /// The id of what this request made before; nil when it is new.
    ///
    /// - Throws: ``Problem/idempotencyKeyReused``.
    package func resource(now: Timestamp, in database: Database) throws -> UUID? {
        let row = try Row.fetchOne(
            database,
            sql: "SELECT fingerprint, resource FROM keyed_requests WHERE owner = ? AND key = ? AND created_at > ?",
            arguments: [owner, key.text, Self.oldest(now)])
        guard let row else { return nil }
        guard row["fingerprint"] == fingerprint else { throw Problem.idempotencyKeyReused }
        return UUID(text: row["resource"])
    }

    /// How many old keys one request forgets: more than it brings, so that none stay; few, so that it does not wait.
    static let forgottenAtOnce = 10

    /// Remembers what it made, in the transaction that made it; and forgets a few of the keys whose day is over.
    package func remember(_ resource: UUID, now: Timestamp, in database: Database) throws {
        try database.execute(
            sql: """
                DELETE FROM keyed_requests WHERE (owner, key) IN (
                    SELECT owner, key FROM keyed_requests WHERE created_at <= ? ORDER BY created_at LIMIT ?)
                """,
            arguments: [Self.oldest(now), Self.forgottenAtOnce])
        // It may be one of those that are over and still there.
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO keyed_requests (owner, key, fingerprint, resource, created_at)
                VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [owner, key.text, fingerprint, resource.text, now])
    }

    private static func oldest(_ now: Timestamp) -> Int64 {
        now.milliseconds - IdempotencyKey.lifetime.components.seconds * 1000
    }
}

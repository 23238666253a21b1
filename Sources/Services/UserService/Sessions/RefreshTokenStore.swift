import Crypto
import Foundation
import GRDB
import ServiceKit

/// Refresh tokens: random, opaque, stored as hashes, good for one use. All that follow from one login are a family;
/// a token used twice was stolen, or its thief was robbed, so the whole family ends (RFC 9700 section 4.14).
struct RefreshTokenStore: Sendable {
    static let lifetime = Duration.seconds(30 * 24 * 3600)

    let database: any DatabaseWriter
    let clock: WallClock

    /// What became of a token somebody showed.
    enum Rotation: Sendable {
        case rotated(account: UUID, token: String)
        /// It was used before; its family is now revoked.
        case reused(account: UUID)
        /// Unknown, expired or revoked.
        case refused
    }

    /// The first token of a new family.
    func begin(account: UUID) async throws -> String {
        let token = Self.random()
        let now = clock.now()
        try await database.write { database in
            try database.execute(
                sql: "DELETE FROM refresh_tokens WHERE account_id = ? AND expires_at <= ?",
                arguments: [account.text, now])
            try insert(token, family: UUID().text, account: account, now: now, in: database)
        }
        return token
    }

    /// Takes a token and gives the next one of its family, in one transaction.
    func rotate(_ token: String) async throws -> Rotation {
        let now = clock.now()
        let next = Self.random()
        return try await database.write { database in
            guard
                let row = try Row.fetchOne(
                    database, sql: "SELECT * FROM refresh_tokens WHERE token_hash = ?", arguments: [Self.hash(token)]),
                let account = UUID(uuidString: row["account_id"])
            else { return .refused }
            let family: String = row["family"]
            let expiresAt: Timestamp = row["expires_at"]
            let usedAt: Timestamp? = row["used_at"]
            let revokedAt: Timestamp? = row["revoked_at"]
            guard revokedAt == nil, now < expiresAt else { return .refused }
            guard usedAt == nil else {
                try revoke(family: family, now: now, in: database)
                return .reused(account: account)
            }
            try database.execute(
                sql: "UPDATE refresh_tokens SET used_at = ? WHERE token_hash = ?", arguments: [now, Self.hash(token)])
            try insert(next, family: family, account: account, now: now, in: database)
            return .rotated(account: account, token: next)
        }
    }

    /// Ends the family of `token`; nothing happens when it is unknown.
    func end(_ token: String) async throws {
        let now = clock.now()
        try await database.write { database in
            let family = try String.fetchOne(
                database, sql: "SELECT family FROM refresh_tokens WHERE token_hash = ?", arguments: [Self.hash(token)])
            if let family { try revoke(family: family, now: now, in: database) }
        }
    }

    private func insert(_ token: String, family: String, account: UUID, now: Timestamp, in database: Database) throws {
        try database.execute(
            sql: "INSERT INTO refresh_tokens (token_hash, family, account_id, expires_at) VALUES (?, ?, ?, ?)",
            arguments: [Self.hash(token), family, account.text, now + Self.lifetime])
    }

    private func revoke(family: String, now: Timestamp, in database: Database) throws {
        try database.execute(
            sql: "UPDATE refresh_tokens SET revoked_at = ? WHERE family = ? AND revoked_at IS NULL",
            arguments: [now, family])
    }

    private static func random() -> String {
        SymmetricKey(size: .bits256).withUnsafeBytes { Base64URL.encode($0) }
    }

    /// The tokens have 256 random bits, so a plain hash is enough.
    private static func hash(_ token: String) -> String {
        Base64URL.encode(SHA256.hash(data: Data(token.utf8)))
    }
}

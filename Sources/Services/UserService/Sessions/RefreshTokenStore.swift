import Crypto
import Foundation
import GRDB
import ServiceKit

/// What a person has while he is logged in.
struct Session: Sendable {
    /// Names it in access tokens; the family of its refresh tokens.
    let id: String
    /// Its next refresh token.
    let refreshToken: String
}

/// Refresh tokens: random, opaque, stored as hashes, good for one use. All that follow from one login are a family;
/// a token used twice was stolen, or its thief was robbed, so the whole family ends (RFC 9700 section 4.14).
struct RefreshTokenStore: Sendable {
    static let lifetime = Duration.seconds(30 * 24 * 3600)

    let database: any DatabaseWriter
    let clock: WallClock

    /// What became of a token somebody showed.
    enum Rotation: Sendable {
        case rotated(account: UUID, Session)
        /// It was used before; its family is now revoked.
        case reused(account: UUID)
        /// Unknown, expired or revoked.
        case refused
    }

    /// A new session, with the first token of a new family.
    ///
    /// - Parameter hash: what the password was checked against. Checking takes a while, and whoever changes the password
    ///   meanwhile ends the sessions that there are: one that begins after that must have been checked after that.
    /// - Throws: ``AccountError/wrongCredentials`` when the account's hash is another by now.
    func begin(account: UUID, whilePasswordIs hash: String) async throws -> Session {
        let session = Session(id: UUID.random().text, refreshToken: Self.random())
        let now = clock.now()
        try await database.write { database in
            let holds = try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM accounts WHERE id = ? AND password_hash = ?)",
                arguments: [account.text, hash])
            guard holds == true else { throw AccountError.wrongCredentials }
            try insert(session, account: account, now: now, in: database)
        }
        return session
    }

    /// Takes a token and gives the next one of its family, in one transaction.
    func rotate(_ token: String) async throws -> Rotation {
        let now = clock.now()
        let next = Self.random()
        return try await database.write { database in
            guard
                let row = try Row.fetchOne(
                    database, sql: "SELECT * FROM refresh_tokens WHERE token_hash = ?", arguments: [Self.hash(token)]),
                let account = UUID(text: row["account_id"])
            else { return .refused }
            let session = Session(id: row["family"], refreshToken: next)
            let expiresAt: Timestamp = row["expires_at"]
            let usedAt: Timestamp? = row["used_at"]
            let revokedAt: Timestamp? = row["revoked_at"]
            guard revokedAt == nil, now < expiresAt else { return .refused }
            guard usedAt == nil else {
                try RevocationStore.revoke(where: "family = ?", [session.id], now: now, in: database)
                return .reused(account: account)
            }
            try database.execute(
                sql: "UPDATE refresh_tokens SET used_at = ? WHERE token_hash = ?", arguments: [now, Self.hash(token)])
            try insert(session, account: account, now: now, in: database)
            return .rotated(account: account, session)
        }
    }

    /// Ends the session of `token`; nothing happens when it is unknown.
    func end(_ token: String) async throws {
        let now = clock.now()
        try await database.write { database in
            try RevocationStore.revoke(
                where: "family = (SELECT family FROM refresh_tokens WHERE token_hash = ?)", [Self.hash(token)],
                now: now, in: database)
        }
    }

    /// Ends every session of an account but that of `kept`, a refresh token not used yet, in the caller's transaction.
    static func endAll(of account: UUID, but kept: String? = nil, now: Timestamp, in database: Database) throws {
        // No family is called "".
        let family = try kept.flatMap { token in
            try String.fetchOne(
                database, sql: "SELECT family FROM refresh_tokens WHERE token_hash = ? AND used_at IS NULL",
                arguments: [hash(token)])
        }
        try RevocationStore.revoke(
            where: "account_id = ? AND family <> ?", [account.text, family ?? ""], now: now, in: database)
    }

    /// Adds a token, and forgets those of the account that have expired.
    private func insert(_ session: Session, account: UUID, now: Timestamp, in database: Database) throws {
        try database.execute(
            sql: "DELETE FROM refresh_tokens WHERE account_id = ? AND expires_at <= ?",
            arguments: [account.text, now])
        try database.execute(
            sql: "INSERT INTO refresh_tokens (token_hash, family, account_id, expires_at) VALUES (?, ?, ?, ?)",
            arguments: [Self.hash(session.refreshToken), session.id, account.text, now + Self.lifetime])
    }

    private static func random() -> String {
        SymmetricKey(size: .bits256).withUnsafeBytes { Base64URL.encode($0) }
    }

    /// The tokens have 256 random bits, so a plain hash is enough.
    private static func hash(_ token: String) -> String {
        Base64URL.encode(SHA256.hash(data: Data(token.utf8)))
    }
}

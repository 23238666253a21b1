import Crypto
import Foundation
import GRDB
import Logging
import ServiceKit

/// The account `operator`, made at the first start and kept in step with its password file.
///
/// Hashing takes tens of milliseconds and a start should not, so the account remembers a keyed fingerprint of the
/// password it was given; only another fingerprint means work. The keys are those that sign tokens: without them the
/// fingerprint is of no use to somebody who reads the database. One made with a former key is made anew, so that it
/// outlives that key.
struct OperatorAccount {
    let accounts: AccountStore
    let hasher: PasswordHasher
    /// The newest first.
    let fingerprintKeys: [Secret]
    let logger: Logger

    func bootstrap(password secret: Secret) async throws {
        guard let username = Username("operator"), let email = EmailAddress("operator@localhost"),
            let password = Password(secret.text)
        else { throw AccountError.wrongCredentials }
        let fingerprints = fingerprintKeys.map { key in
            Base64URL.encode(
                HMAC<SHA256>.authenticationCode(for: secret.bytes, using: SymmetricKey(data: key.bytes)))
        }
        guard let fingerprint = fingerprints.first else { throw AccessTokenIssuer.NoKey() }
        let known = try await knownFingerprint(of: username)
        guard known != fingerprint else { return }
        if let known, fingerprints.contains(known) {
            return try await remember(fingerprint, insteadOf: known, of: username)
        }
        let hash = try await hasher.hash(password)
        if known == nil {
            do {
                _ = try await accounts.create(
                    username: username, email: email, passwordHash: hash, roles: [.user, .operator],
                    operatorFingerprint: fingerprint)
            } catch AccountError.exists {
                // Another instance that starts now was faster, unless the name is somebody else's.
                guard try await knownFingerprint(of: username) == fingerprint else { throw AccountError.exists }
                return
            }
            logger.notice("operator account created")
        } else {
            try await change(username, hash: hash, fingerprint: fingerprint)
            logger.notice("operator password changed")
        }
    }

    /// What the account was given at its last start; nil when there is none.
    private func knownFingerprint(of username: Username) async throws -> String? {
        try await accounts.database.read { database in
            try String.fetchOne(
                database,
                sql:
                    "SELECT operator_fingerprint FROM accounts WHERE username_key = ? AND operator_fingerprint IS NOT NULL",
                arguments: [username.key])
        }
    }

    /// The same password under another key; unless another instance has seen another password meanwhile.
    private func remember(_ fingerprint: String, insteadOf known: String, of username: Username) async throws {
        try await accounts.database.write { database in
            try database.execute(
                sql: "UPDATE accounts SET operator_fingerprint = ? WHERE username_key = ? AND operator_fingerprint = ?",
                arguments: [fingerprint, username.key, known])
        }
    }

    /// The new password, and an end to every session begun with the old one.
    private func change(_ username: Username, hash: String, fingerprint: String) async throws {
        let now = accounts.clock.now()
        try await accounts.database.write { database in
            try database.execute(
                sql: """
                    UPDATE accounts SET
                        password_hash = ?, operator_fingerprint = ?, updated_at = ?, version = version + 1
                    WHERE username_key = ? AND operator_fingerprint IS NOT NULL
                    """,
                arguments: [hash, fingerprint, now, username.key])
            try RevocationStore.revoke(
                where: "account_id IN (SELECT id FROM accounts WHERE username_key = ?)", [username.key], now: now,
                in: database)
        }
    }
}

import Foundation
import GRDB
import ServiceKit

/// The accounts table.
struct AccountStore: Sendable {
    let database: any DatabaseWriter
    let clock: WallClock

    /// Whose the keys of registrations are: nobody's yet.
    static let keyOwner = "register"

    /// What came of a registration.
    enum Creation: Sendable {
        case new(Account)
        /// A request with this key and for this name and address has made it before. Whether that one had the same
        /// password only its hash can tell.
        case known(Credentials)
    }

    /// Creates an account. The unique keys decide who of two comes first; the loser gets ``AccountError/exists``.
    func create(
        username: Username, email: EmailAddress, passwordHash: String, roles: Set<Principal.Role> = [.user],
        operatorFingerprint: String? = nil, keyed: KeyedRequest? = nil
    ) async throws -> Creation {
        let now = clock.now()
        let account = Account(
            id: UUID.random(), username: username.display, email: email.display, profile: .init(), roles: roles,
            createdAt: now, updatedAt: now)
        do {
            return try await database.write { database in
                if let known = try Self.made(by: keyed, now: now, in: database) { return .known(known) }
                try database.execute(
                    sql: """
                        INSERT INTO accounts
                            (id, username, username_key, email, email_key, password_hash, roles, operator_fingerprint,
                             created_at, updated_at)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        account.id.text, username.display, username.key, email.display, email.key, passwordHash,
                        roles.map(\.rawValue).sorted().joined(separator: " "), operatorFingerprint, now, now,
                    ])
                try keyed?.remember(account.id, now: now, in: database)
                return .new(account)
            }
        } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_CONSTRAINT_UNIQUE {
            throw AccountError.exists
        }
    }

    /// The account that this request has made before, nil when it may make one now; ``AccountError/exists`` when the
    /// name or the address is taken. Only to spare a hash: `create` has the last word.
    func made(by keyed: KeyedRequest?, username: Username, email: EmailAddress) async throws -> Credentials? {
        let now = clock.now()
        return try await database.read { database in
            if let made = try Self.made(by: keyed, now: now, in: database) { return made }
            let isTaken = try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM accounts WHERE username_key = ? OR email_key = ?)",
                arguments: [username.key, email.key])
            guard isTaken == false else { throw AccountError.exists }
            return nil
        }
    }

    private static func made(by keyed: KeyedRequest?, now: Timestamp, in database: Database) throws -> Credentials? {
        guard let id = try keyed?.resource(now: now, in: database) else { return nil }
        return try Row.fetchOne(database, sql: "SELECT * FROM accounts WHERE id = ?", arguments: [id.text])
            .map(Credentials.init(row:))
    }

    func find(_ id: UUID) async throws -> Account? {
        try await database.read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM accounts WHERE id = ?", arguments: [id.text])
                .map(Account.init(row:))
        }
    }

    /// Under what `login` is looked up, a user name or an e-mail address.
    static func key(login: String) -> String {
        login.contains("@") ? EmailAddress.key(login) : Username.key(login)
    }

    /// The account that `login` names, a user name or an e-mail address, with its password's hash.
    func credentials(login: String) async throws -> Credentials? {
        let isEmail = login.contains("@")
        let key = Self.key(login: login)
        return try await database.read { database in
            try Row.fetchOne(
                database, sql: "SELECT * FROM accounts WHERE \(isEmail ? "email_key" : "username_key") = ?",
                arguments: [key]
            ).map(Credentials.init(row:))
        }
    }

    /// What cursors of the list are bound to.
    static let list = "accounts"

    /// A page of all accounts, oldest first.
    func list(_ page: PagePlace<CreationPlace>) async throws -> ListPage<Account> {
        let after = page.after
        let rows = try await database.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM accounts
                    WHERE (created_at, id) > (?, ?)
                    ORDER BY created_at, id LIMIT ?
                    """,
                arguments: [after?.createdAt.milliseconds ?? -1, after?.id.text ?? "", page.limit + 1]
            ).map(Account.init(row:))
        }
        return ListPage(fetched: rows, limit: page.limit, list: Self.list) { account in
            CreationPlace(createdAt: account.createdAt, id: account.id).keys
        }
    }

    /// Changes the members that are present, if the account still is what the client has seen.
    ///
    /// - Throws: ``AccountError/unknown``, or 412 with what the version is now.
    func change(_ id: UUID, _ change: ProfileChange, expecting expected: ExpectedVersion) async throws -> Account {
        let now = clock.now()
        return try await database.write { database in
            let version = try Int64.fetchOne(
                database, sql: "SELECT version FROM accounts WHERE id = ?", arguments: [id.text])
            guard let version else { throw AccountError.unknown }
            guard expected.accepts(version) else { throw Problem.preconditionFailed(EntityTag(version: version)) }
            let row = try Row.fetchOne(
                database,
                sql: """
                    UPDATE accounts SET
                        first_name = COALESCE(?, first_name), last_name = COALESCE(?, last_name),
                        bio = COALESCE(?, bio), updated_at = ?, version = version + 1
                    WHERE id = ? AND version = ? RETURNING *
                    """,
                arguments: [change.firstName, change.lastName, change.bio, now, id.text, version])
            guard let row else { throw AccountError.unknown }
            return try Account(row: row)
        }
    }

    /// Gives an account another password and ends every session but that of `kept`, a refresh token, in one
    /// transaction.
    ///
    /// - Returns: false when the hash no longer is `old`: of two who change it at once, one wins.
    func changePassword(_ id: UUID, from old: String, to new: String, keeping kept: String?) async throws -> Bool {
        let now = clock.now()
        return try await database.write { database in
            try database.execute(
                sql: "UPDATE accounts SET password_hash = ? WHERE id = ? AND password_hash = ?",
                arguments: [new, id.text, old])
            guard database.changesCount == 1 else { return false }
            try RefreshTokenStore.endAll(of: id, but: kept, now: now, in: database)
            // A repeated registration gives a session to whoever knows the first password; not any more.
            try database.execute(
                sql: "DELETE FROM keyed_requests WHERE owner = ? AND resource = ?",
                arguments: [Self.keyOwner, id.text])
            return true
        }
    }

    /// Replaces a hash, if it still is `old`: a password changed meanwhile is not undone.
    func rehash(_ id: UUID, from old: String, to new: String) async throws {
        try await database.write { database in
            try database.execute(
                sql: "UPDATE accounts SET password_hash = ? WHERE id = ? AND password_hash = ?",
                arguments: [new, id.text, old])
        }
    }
}

extension Credentials {
    init(row: Row) throws {
        self.init(account: try Account(row: row), passwordHash: row["password_hash"])
    }
}

extension Account {
    init(row: Row) throws {
        guard let id = UUID(text: row["id"]) else { throw UnreadableAccount() }
        let roles: String = row["roles"]
        self.init(
            id: id, username: row["username"], email: row["email"],
            profile: Profile(firstName: row["first_name"], lastName: row["last_name"], bio: row["bio"]),
            roles: Set(roles.split(separator: " ").compactMap { Principal.Role(rawValue: String($0)) }),
            createdAt: row["created_at"], updatedAt: row["updated_at"], version: row["version"])
    }

    /// A row whose id is no id: the file was changed by somebody else.
    struct UnreadableAccount: Error {}
}

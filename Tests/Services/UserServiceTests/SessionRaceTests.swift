import Foundation
import GRDB
import ServiceKit
import ServiceTestSupport
import Testing

@testable import user_service

/// What happens between the check of a password and the beginning of the session that follows from it.
@Suite struct SessionRaceTests {
    private struct Stores {
        let accounts: AccountStore
        let sessions: RefreshTokenStore
        let credentials: Credentials
    }

    private func withAnn(_ test: (Stores) async throws -> Void) async throws {
        let fixture = try Fixture()
        try await fixture.add("ann", cost: 4)
        let database = try fixture.database()
        let accounts = AccountStore(database: database, clock: .system)
        let sessions = RefreshTokenStore(database: database, clock: fixture.time.clock)
        let credentials = try #require(try await accounts.credentials(login: "ann"))
        try await test(Stores(accounts: accounts, sessions: sessions, credentials: credentials))
        try database.close()
    }

    @Test func `a session whose password was changed after it was checked does not begin`() async throws {
        try await withAnn { stores in
            let id = stores.credentials.account.id
            let checked = stores.credentials.passwordHash
            _ = try await stores.sessions.begin(account: id, whilePasswordIs: checked)
            let new = try Bcrypt.hash("another horse battery", cost: 4)
            #expect(try await stores.accounts.changePassword(id, from: checked, to: new, keeping: nil))
            await #expect(throws: AccountError.wrongCredentials) {
                try await stores.sessions.begin(account: id, whilePasswordIs: checked)
            }
            let session = try await stores.sessions.begin(account: id, whilePasswordIs: new)
            guard case .rotated = try await stores.sessions.rotate(session.refreshToken) else {
                Issue.record("the new password's session is not good")
                return
            }
        }
    }

    @Test func `nor does one of an account that is gone`() async throws {
        try await withAnn { stores in
            await #expect(throws: AccountError.wrongCredentials) {
                try await stores.sessions.begin(
                    account: UUID(), whilePasswordIs: stores.credentials.passwordHash)
            }
        }
    }

    @Test func `the operator's password file ends a login that is under way`() async throws {
        let fixture = try Fixture()
        try await fixture.serve { _ in }
        let database = try fixture.database()
        let accounts = AccountStore(database: database, clock: .system)
        let checked = try #require(try await accounts.credentials(login: "operator"))
        try fixture.directory.write("operator", "the operator's second password")
        try await fixture.serve { _ in }
        await #expect(throws: AccountError.wrongCredentials) {
            try await RefreshTokenStore(database: database, clock: .system)
                .begin(account: checked.account.id, whilePasswordIs: checked.passwordHash)
        }
        try database.close()
    }

    @Test func `a session that only refreshes keeps no token that has expired`() async throws {
        let fixture = try Fixture()
        try await fixture.serve { client in
            var token = try Tokens(try await client.register("ann")).refresh
            for _ in 0..<10 {
                fixture.time.advance(by: .seconds(7 * 24 * 3600))
                token = try Tokens(try await client.refresh(token)).refresh
            }
        }
        let database = try fixture.database()
        let count = try await database.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM refresh_tokens") }
        // One a week, for thirty days.
        #expect(count == 5)
        try database.close()
    }
}

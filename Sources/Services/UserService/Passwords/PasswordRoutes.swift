import Hummingbird
import Logging
import ServiceKit

/// Changing a password, by the person himself.
struct PasswordRoutes: Sendable {
    let accounts: AccountStore
    let hasher: PasswordHasher
    let throttle: LoginThrottle

    var routes: [Route] {
        [
            .post(
                "/api/users/me/password", access: .account, writing: ["currentPassword", "newPassword", "refreshToken"]
            ) { request, body, context in
                try await change(PasswordChange(body.read()), from: request.clientAddress(in: context), context)
            }.described(Self.changing)
        ]
    }

    /// Who has somebody's access token must not find out his password with it: a wrong one is a wrong login in every
    /// way.
    private func change(
        _ change: PasswordChange, from address: ClientAddress, _ context: ShopContext
    ) async throws -> Response {
        let caller = try context.account()
        let login = AccountStore.key(login: caller.username)
        let found = try await throttle.attempt(login, from: address) {
            let found = try await accounts.credentials(login: login).flatMap { $0.account.id == caller.id ? $0 : nil }
            return try await hasher.verify(change.current, against: found?.passwordHash) ? found : nil
        }
        guard let found,
            try await accounts.changePassword(
                caller.id, from: found.passwordHash, to: hasher.hash(change.new), keeping: change.refreshToken)
        else {
            context.logger.notice("password change refused", metadata: ["accountId": .string(caller.id.text)])
            throw AccountError.wrongCredentials
        }
        context.logger.notice("password changed", metadata: ["accountId": .string(caller.id.text)])
        return .noContent
    }
}

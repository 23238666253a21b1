import Hummingbird
import Logging
import ServiceKit

/// Logging in and out, and the keys that others verify tokens with.
struct SessionRoutes: Sendable {
    let accounts: AccountStore
    let refreshTokens: RefreshTokenStore
    let hasher: PasswordHasher
    let throttle: LoginThrottle
    let issuer: AccessTokenIssuer

    var routes: [Route] {
        [
            .post("/api/users/login", access: .anyone, writing: ["login", "password"]) { request, body, context in
                try await logIn(Login(body.read()), from: request.clientAddress(in: context), context)
            }.described(Self.loggingIn),
            .post("/api/users/refresh", access: .anyone, writing: ["refreshToken"]) { _, body, context in
                try await refresh(RefreshToken(body.read()), context)
            }.described(Self.refreshing),
            .post("/api/users/logout", access: .anyone, writing: ["refreshToken"]) { _, body, _ in
                try await refreshTokens.end(RefreshToken(body.read()).text)
                return .noContent
            }.described(Self.loggingOut),
            .get("/.well-known/jwks.json", access: .anyone) { _, _ in
                .json(.ok, issuer.keySet, headers: [.cacheControl: "max-age=300"])
            }.described(Self.publishingKeys),
        ]
    }

    /// An unknown login and a wrong password cost the same time and get the same answer.
    private func logIn(_ login: Login, from address: ClientAddress, _ context: ShopContext) async throws -> Response {
        let begun = try await throttle.attempt(AccountStore.key(login: login.login), from: address) {
            do {
                return try await begin(login)
            } catch AccountError.wrongCredentials {
                // The hash was replaced while it was checked, perhaps by another login that has renewed it.
                return try await begin(login)
            }
        }
        guard let (account, session) = begun else {
            context.logger.notice("login refused")
            throw AccountError.wrongCredentials
        }
        context.logger.info("logged in", metadata: ["accountId": .string(account.id.text)])
        return try await answer(account, in: session)
    }

    /// A session for whoever has the right password, whose hash is renewed when it has another cost than new ones; nil
    /// for a wrong password.
    ///
    /// - Throws: ``AccountError/wrongCredentials`` when the hash was replaced meanwhile.
    private func begin(_ login: Login) async throws -> (account: Account, session: Session)? {
        let found = try await accounts.credentials(login: login.login)
        guard try await hasher.verify(login.password, against: found?.passwordHash), let found else { return nil }
        var hash = found.passwordHash
        if Bcrypt.cost(of: hash) != hasher.cost, let password = Password(login.password) {
            let renewed = try await hasher.hash(password)
            try await accounts.rehash(found.account.id, from: hash, to: renewed)
            hash = renewed
        }
        return (found.account, try await refreshTokens.begin(account: found.account.id, whilePasswordIs: hash))
    }

    private func refresh(_ token: RefreshToken, _ context: ShopContext) async throws -> Response {
        switch try await refreshTokens.rotate(token.text) {
        case .rotated(let id, let session):
            guard let account = try await accounts.find(id) else { throw Problem.invalidToken }
            return try await answer(account, in: session)
        case .reused(let id):
            context.logger.warning(
                "refresh token used twice, its family is revoked", metadata: ["accountId": .string(id.text)])
            throw Problem.invalidToken
        case .refused:
            throw Problem.invalidToken
        }
    }

    private func answer(_ account: Account, in session: Session) async throws -> Response {
        .json(.ok, .object(try await issuer.members(for: account, in: session) + [.init("user", account.json)]))
    }
}

import Hummingbird
import Logging
import ServiceKit

/// Making an account, which begins a session as well.
struct RegistrationRoutes: Sendable {
    let accounts: AccountStore
    let refreshTokens: RefreshTokenStore
    let hasher: PasswordHasher
    let throttle: LoginThrottle
    let issuer: AccessTokenIssuer

    var routes: [Route] {
        [
            .post("/api/users/register", access: .anyone, writing: ["username", "email", "password"]) {
                request, body, context in
                let key = try IdempotencyKey(request.headers)
                let registration = try Registration(await body.read())
                return try await register(
                    registration, key.map(registration.keyed), from: request.clientAddress(in: context), context)
            }.described(Self.registering)
        ]
    }

    private func register(
        _ registration: Registration, _ keyed: KeyedRequest?, from address: ClientAddress, _ context: ShopContext
    ) async throws -> Response {
        let (username, email) = (registration.username, registration.email)
        if let known = try await accounts.made(by: keyed, username: username, email: email) {
            return try await answer(registration, for: known, from: address)
        }
        let hash = try await hasher.hash(registration.password)
        switch try await accounts.create(username: username, email: email, passwordHash: hash, keyed: keyed) {
        case .known(let known):
            return try await answer(registration, for: known, from: address)
        case .new(let account):
            context.logger.info("account registered", metadata: ["accountId": .string(account.id.text)])
            return try await answer(Credentials(account: account, passwordHash: hash))
        }
    }

    /// A request sent again is the same when its password is the account's. A wrong one counts as a wrong login, so that
    /// who knows somebody's key cannot guess with it.
    private func answer(
        _ registration: Registration, for known: Credentials, from address: ClientAddress
    ) async throws -> Response {
        let same = try await throttle.attempt(registration.username.key, from: address) {
            try await hasher.verify(registration.password.text, against: known.passwordHash) ? known : nil
        }
        guard let same else { throw Problem.idempotencyKeyReused }
        return try await answer(same)
    }

    private func answer(_ credentials: Credentials) async throws -> Response {
        let account = credentials.account
        let session: Session
        do {
            session = try await refreshTokens.begin(account: account.id, whilePasswordIs: credentials.passwordHash)
        } catch AccountError.wrongCredentials {
            // The password was changed meanwhile: what is left of the registration is that the name is taken.
            throw AccountError.exists
        }
        let tokens = try await issuer.members(for: account, in: session)
        return .json(
            .created,
            .object([.init("message", "User registered successfully")] + tokens + [.init("user", account.summary)]),
            headers: [.location: "/api/users/\(account.id.text)"])
    }
}

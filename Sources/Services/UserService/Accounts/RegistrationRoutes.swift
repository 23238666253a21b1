import Hummingbird
import Logging
import ServiceKit

/// Making an account, which begins a session as well.
struct RegistrationRoutes: Sendable {
    let accounts: AccountStore
    let refreshTokens: RefreshTokenStore
    let hasher: PasswordHasher
    let issuer: AccessTokenIssuer
    /// Keys what is remembered of a request with an Idempotency-Key.
    let fingerprintKey: Secret

    var routes: [Route] {
        [
            .post("/api/users/register", access: .anyone) { request, context in
                let key = try IdempotencyKey(request.headers)
                let registration = try Registration(await request.json())
                return try await register(
                    registration, key.map { registration.keyed($0, secret: fingerprintKey) }, context)
            }.described(Self.registering)
        ]
    }

    private func register(
        _ registration: Registration, _ keyed: KeyedRequest?, _ context: ShopContext
    ) async throws -> Response {
        let (username, email) = (registration.username, registration.email)
        if let account = try await accounts.made(by: keyed, username: username, email: email) {
            return try await answer(account)
        }
        let (account, isNew) = try await accounts.create(
            username: username, email: email, passwordHash: hasher.hash(registration.password), keyed: keyed)
        if isNew {
            context.logger.info("account registered", metadata: ["accountId": .string(account.id.text)])
        }
        return try await answer(account)
    }

    private func answer(_ account: Account) async throws -> Response {
        let tokens = try await issuer.members(for: account, in: refreshTokens.begin(account: account.id))
        return .json(
            .created,
            .object([.init("message", "User registered successfully")] + tokens + [.init("user", account.summary)]),
            headers: [.location: "/api/users/\(account.id.text)"])
    }
}

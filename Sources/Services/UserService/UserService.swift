import GRDB
import ServiceKit

/// The composition of the service: the only place where its parts are made and joined.
enum UserService {
    /// - Parameter hashesAtOnce: how many may be under way or waiting.
    static func assemble(
        _ configuration: UserServiceConfiguration, in runtime: ServiceRuntime,
        hashesAtOnce: Int = PasswordHasher.capacity
    ) async throws -> ServiceParts {
        let database = try ServiceDatabase.open(
            path: configuration.database, durability: .normal, migrations: UserSchema.migrations)
        let accounts = AccountStore(database: database, clock: runtime.clock)
        let refreshTokens = RefreshTokenStore(database: database, clock: runtime.clock)
        let revocations = RevocationStore(database: database, clock: runtime.clock)
        let hasher = PasswordHasher(
            cost: configuration.passwordCost, capacity: hashesAtOnce,
            hashes: runtime.metrics.counter("shop_password_hashes_total", "Passwords hashed, by what for."),
            rounds: runtime.metrics.counter("shop_password_rounds_total", "Rounds of bcrypt, which is its work."))
        let throttle = LoginThrottle(now: runtime.now)
        let issuer = try await AccessTokenIssuer(seeds: configuration.tokenSigningKeys, clock: runtime.clock)

        let operatorAccount = OperatorAccount(
            accounts: accounts, hasher: hasher, fingerprintKeys: configuration.tokenSigningKeys,
            logger: runtime.logger)
        try await operatorAccount.bootstrap(password: configuration.operatorPassword)

        let sessions = SessionRoutes(
            accounts: accounts, refreshTokens: refreshTokens, hasher: hasher, throttle: throttle, issuer: issuer)
        let registration = RegistrationRoutes(
            accounts: accounts, refreshTokens: refreshTokens, hasher: hasher, throttle: throttle, issuer: issuer)
        let profiles = AccountRoutes(accounts: accounts)
        let passwords = PasswordRoutes(accounts: accounts, hasher: hasher, throttle: throttle)
        return ServiceParts(
            routes: registration.routes + sessions.routes + profiles.routes + passwords.routes
                + RevocationRoutes(revocations: revocations).routes,
            authenticator: Authenticator(
                tokens: TokenVerifier(keys: .fixed(issuer.keySet), revocations: revocations.check),
                serviceCredential: configuration.serviceCredential),
            healthChecks: [.database(database)],
            services: [hasher],
            close: { try database.close() })
    }
}

import ServiceKit

/// What the user-service is told at start.
struct UserServiceConfiguration: ServiceConfiguration {
    static let serviceName = "user-service"

    let settings: ServiceSettings
    /// File of the SQLite database.
    let database: String
    /// Seeds of Ed25519 keys, at least one: the first signs access tokens, and what the others signed stays good.
    let tokenSigningKeys: [Secret]
    /// Password of the account `operator`.
    let operatorPassword: Secret
    /// What the shop's other services show us.
    let serviceCredential: Secret
    /// bcrypt's cost: 2^cost rounds, 50 to 80 ms at 10.
    let passwordCost: Int

    init(reading reader: inout ConfigurationReader) {
        settings = ServiceSettings(reading: &reader, name: Self.serviceName, port: 3001)
        database = reader.sqlitePath("DATABASE_URL")
        tokenSigningKeys = reader.keys("TOKEN_SIGNING_KEY", count: 32)
        operatorPassword = reader.secret("OPERATOR_PASSWORD", minimum: Password.minimum)
        serviceCredential = reader.secret("SERVICE_CREDENTIAL")
        passwordCost = reader.integer("PASSWORD_COST", in: 4...15, default: 10)
        if !operatorPassword.bytes.isEmpty, Password(operatorPassword.text) == nil {
            reader.note(
                "OPERATOR_PASSWORD_FILE", "must hold a password of 8 characters to 72 bytes that is not a common one")
        }
    }
}

import ServiceKit

/// What a person sends to register: `{username, email, password}`.
struct Registration: Sendable {
    let username: Username
    let email: EmailAddress
    let password: Password

    init(_ body: ObjectReader) throws(Problem) {
        var reader = body
        let username = reader.parsed(
            "username", as: "3 to 32 letters, digits, dots, underscores or hyphens", Username.init)
        let email = reader.parsed("email", as: "an e-mail address", EmailAddress.init)
        let password = reader.parsed("password", as: Password.rule, Password.init)
        (self.username, self.email, self.password) = try reader.finish(username, email, password)
    }

    /// This request under a client's own name for it. The password is no part of it, so that nothing is kept from
    /// which it could be guessed: that of a request sent again is checked against the account's.
    func keyed(_ key: IdempotencyKey) -> KeyedRequest {
        KeyedRequest(
            key, owner: AccountStore.keyOwner,
            body: ["username": .string(username.display), "email": .string(email.display)])
    }
}

/// The profile members a person wants to change: `{profile: {firstName, lastName, bio}}`; absent ones stay.
struct ProfileChange: Sendable {
    let firstName: String?
    let lastName: String?
    let bio: String?

    init(_ body: ObjectReader) throws(Problem) {
        var reader = body
        let profile = reader.object("profile") { reader in
            (
                firstName: reader.optionalString("firstName", length: 0...100),
                lastName: reader.optionalString("lastName", length: 0...100),
                bio: reader.optionalString("bio", length: 0...2000, multiline: true)
            )
        }
        (firstName, lastName, bio) = try reader.finish(profile)
    }
}

import ServiceKit

/// `{login, password}`: a user name or an e-mail address, and whatever was typed as the password.
struct Login: Sendable {
    static let passwordRule = "a string of at most 1024 bytes"

    let login: String
    let password: String

    init(_ body: ObjectReader) throws(Problem) {
        var reader = body
        login = reader.string("login", length: 1...254)
        let password = reader.parsed("password", as: Self.passwordRule, Self.password)
        self.password = try reader.finish(password)
    }

    /// Anything that may be typed as a password; nil when nobody types so much.
    static func password(_ text: String) -> String? {
        text.utf8.count <= 1024 ? text : nil
    }
}

/// `{refreshToken}`
struct RefreshToken: Sendable {
    let text: String

    init(_ body: ObjectReader) throws(Problem) {
        var reader = body
        text = reader.string("refreshToken", length: 1...128)
        try reader.finish()
    }
}

import ServiceKit

/// `{currentPassword, newPassword, refreshToken}`; the session of the refresh token, if there is one, is kept.
struct PasswordChange: Sendable {
    /// Whatever was typed.
    let current: String
    let new: Password
    let refreshToken: String?

    init(_ body: ObjectReader) throws(Problem) {
        var reader = body
        let current = reader.parsed("currentPassword", as: Login.passwordRule, Login.password)
        let new = reader.parsed("newPassword", as: Password.rule, Password.init)
        refreshToken = reader.optionalString("refreshToken", length: 1...128)
        (self.current, self.new) = try reader.finish(current, new)
    }
}

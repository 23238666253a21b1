/// Whether a session was ended before its access tokens have expired.
package struct RevocationCheck: Sendable {
    /// Asked with the session of a token whose signature is good.
    package let isRevoked: @Sendable (String) async throws -> Bool

    package init(isRevoked: @escaping @Sendable (String) async throws -> Bool) {
        self.isRevoked = isRevoked
    }

    /// Nothing is ever revoked: for tests.
    package static let none = RevocationCheck { _ in false }
}

import HTTPTypes
import Hummingbird

/// Finds out who makes a request, from its `Authorization` header alone.
package struct Authenticator: Sendable {
    private let tokens: TokenVerifier
    private let serviceCredential: Secret

    package init(tokens: TokenVerifier, serviceCredential: Secret) {
        self.tokens = tokens
        self.serviceCredential = serviceCredential
    }

    /// Anonymous without the header; 401 when there is one that is not good, 400 when it cannot be understood (RFC 6750
    /// section 3.1).
    package func principal(of headers: HTTPFields) async throws(Problem) -> Principal {
        let values = headers[values: .authorization]
        guard let value = values.first else { return .anonymous }
        guard values.count == 1 else { throw .malformedCredentials }
        switch AuthorizationHeader(value) {
        case .bearer(let token):
            return .account(try await tokens.account(token: token))
        case .service(let credential):
            guard serviceCredential.matches(credential.utf8) else { throw .invalidToken }
            return .service
        case .foreign:
            throw .unauthenticated
        case .malformed:
            throw .malformedCredentials
        }
    }
}

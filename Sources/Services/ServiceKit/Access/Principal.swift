import Foundation

/// Who makes a request.
package enum Principal: Sendable, Equatable {
    /// Nobody in particular.
    case anonymous
    /// A person, by an access token.
    case account(Account)
    /// Another service of the shop, by the credential they share.
    case service

    /// What a token says of a person.
    package struct Account: Sendable, Equatable {
        package let id: UUID
        package let username: String
        package let roles: Set<Role>

        package init(id: UUID, username: String, roles: Set<Role>) {
            self.id = id
            self.username = username
            self.roles = roles
        }
    }

    /// What an account may be beside a customer.
    package enum Role: String, Sendable, CaseIterable {
        case user
        case `operator`
    }

    package var account: Account? {
        if case .account(let account) = self { account } else { nil }
    }

    package var isOperator: Bool { account?.roles.contains(.operator) ?? false }
}

import Foundation
import HTTPTypes
import ServiceKit

/// A person's account, without what only the login needs.
struct Account: Sendable, Equatable {
    let id: UUID
    let username: String
    let email: String
    let profile: Profile
    let roles: Set<Principal.Role>
    let createdAt: Timestamp
    let updatedAt: Timestamp
    /// One more with every change of what is shown.
    var version: Int64 = 1

    struct Profile: Sendable, Equatable {
        var firstName = ""
        var lastName = ""
        var bio = ""
    }

    var tag: EntityTag { EntityTag(version: version) }

    /// What a token says of it.
    var principal: Principal.Account { Principal.Account(id: id, username: username, roles: roles) }

    /// `{id, username, email}`: what registering answers.
    var summary: JSONValue {
        ["id": .string(id.text), "username": .string(username), "email": .string(email)]
    }
}

extension Account: JSONRepresentable {
    var json: JSONValue {
        [
            "id": .string(id.text), "username": .string(username), "email": .string(email),
            "profile": [
                "firstName": .string(profile.firstName), "lastName": .string(profile.lastName),
                "bio": .string(profile.bio),
            ],
            "roles": .array(roles.map(\.rawValue).sorted().map { .string($0) }),
            "createdAt": createdAt.json, "updatedAt": updatedAt.json,
        ]
    }
}

/// An account and the hash of its password, as they were read together.
struct Credentials: Sendable {
    let account: Account
    let passwordHash: String
}

/// Why the accounts cannot do what was asked.
enum AccountError: Error, ProblemConvertible {
    /// The name or the address is taken; it is not said which. 409.
    case exists
    /// There is no such account. 404, and only for those who may see every account.
    case unknown
    /// The login or the password is wrong; it is not said which. 401.
    case wrongCredentials

    var problem: Problem {
        switch self {
        case .exists:
            Problem(
                type: "account-exists", status: .conflict, title: "There is such an account already",
                detail: "The user name or the e-mail address is taken.")
        case .unknown:
            .notFound
        case .wrongCredentials:
            Problem(
                type: "wrong-credentials", status: .unauthorized, title: "The login or the password is wrong",
                headers: [.wwwAuthenticate: "Bearer"])
        }
    }
}

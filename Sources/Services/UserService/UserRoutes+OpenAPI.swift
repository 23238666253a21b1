import HTTPTypes
import ServiceKit

// What clients are told of each route.

extension RegistrationRoutes {
    static let registering = Operation(
        "Makes an account and begins a session",
        body: .object([
            "username": .string(length: 3...64), "email": .string("email", length: 3...254),
            "password": .string(length: 8...72),
        ]),
        answers: [
            .created: .object([
                "message": .string(), "token": .string(), "refreshToken": .string(), "expiresIn": .count,
                "user": .object(["id": .uuid, "username": .string(), "email": .string()]),
            ])
        ],
        problems: [
            .conflict: "The name or the address is taken.", .serviceUnavailable: "Too many register at once.",
            .tooManyRequests: "Sent again with too many wrong passwords; wait.",
        ]
    ).keyed()
}

extension SessionRoutes {
    static let loggingIn = Operation(
        "Begins a session", body: .object(["login": .string(length: 1...254), "password": .string()]),
        answers: [.ok: .session],
        problems: [
            .unauthorized: "The login or the password is wrong.", .tooManyRequests: "Too many wrong tries; wait.",
        ])

    static let refreshing = Operation(
        "Goes on with a session; the refresh token is good for one use", body: .refreshToken,
        answers: [.ok: .session], problems: [.unauthorized: "The refresh token is not good."])

    static let loggingOut = Operation("Ends a session", body: .refreshToken, answers: [.noContent: nil])

    static let publishingKeys = Operation(
        "The public keys of access tokens (RFC 7517)",
        answers: [.ok: .object(["keys": .array(of: .anyObject)])])
}

extension PasswordRoutes {
    static let changing = Operation(
        "Changes your password and ends your other sessions",
        body: .object(
            ["currentPassword": .string(), "newPassword": .string(length: 8...72)],
            optional: ["refreshToken": .string(length: 1...128)]),
        answers: [.noContent: nil], problems: [.tooManyRequests: "Too many wrong tries; wait."])
}

extension AccountRoutes {
    static let listing = Operation("Lists accounts", answers: [.ok: .page(of: .account)]).paged()
    static let reading = Operation(
        "Reads an account", answers: [.ok: .account], problems: [.notFound: "There is none."]
    ).conditional()
    static let changing = Operation(
        "Changes the members of a profile that are given",
        body: .object([
            "profile": .object(
                [:],
                optional: [
                    "firstName": .string(length: 0...100), "lastName": .string(length: 0...100),
                    "bio": .string(length: 0...2000),
                ])
        ]), answers: [.ok: .account], problems: [.notFound: "There is none."]
    ).guarded()
}

extension Schema {
    fileprivate static let refreshToken = object(["refreshToken": .string(length: 1...128)])

    /// See ``Account``.
    fileprivate static let account = object([
        "id": .uuid, "username": .string(), "email": .string("email"),
        "profile": .object(["firstName": .string(), "lastName": .string(), "bio": .string()]),
        "roles": .array(of: .oneOf(Principal.Role.allCases.map(\.rawValue))), "createdAt": .time, "updatedAt": .time,
    ]).named("Account")

    fileprivate static let session = object([
        "token": .string(), "refreshToken": .string(), "expiresIn": .count, "user": account,
    ]).named("Session")
}

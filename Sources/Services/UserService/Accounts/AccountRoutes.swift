import Hummingbird
import ServiceKit

/// Reading accounts and changing profiles.
///
/// Who may not see an account is told 403 whether it exists or not; 404 is for those who may see them all.
struct AccountRoutes: Sendable {
    let accounts: AccountStore

    var routes: [Route] {
        [
            .get("/api/users", access: .operator) { request, _ in
                var reader = QueryReader(request)
                let page = reader.page(of: AccountStore.list, CreationPlace.init(keys:))
                try reader.finish()
                return .json(.ok, try await accounts.list(page))
            }.described(Self.listing),
            .get("/api/users/me", access: .account) { request, context in
                guard let account = try await accounts.find(context.account().id) else { throw AccountError.unknown }
                return .json(account.json, account.tag, to: request)
            }.described(Self.reading),
            .get("/api/users/:id", access: .owner("id").or(.service)) { request, context in
                guard let account = try await accounts.find(context.uuid("id")) else { throw AccountError.unknown }
                return .json(account.json, account.tag, to: request)
            }.described(Self.reading),
            .put("/api/users/:id", access: .owner("id"), writing: ["profile"]) { request, body, context in
                let id = try context.uuid("id")
                let expected = try request.expectedVersion()
                let change = try ProfileChange(await body.read())
                let account = try await accounts.change(id, change, expecting: expected)
                return .json(account.json, account.tag, to: request)
            }.described(Self.changing),
        ]
    }
}

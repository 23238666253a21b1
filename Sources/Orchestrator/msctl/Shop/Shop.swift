import CurlClient
import StateDirectory

/// The shop as whoever uses the command line: the user who logged in last, else the project's operator account.
struct Shop {
    let client: ShopClient
    private let store: SessionStore
    private let secrets: SecretStore

    init(_ context: CommandContext) throws(CommandFailure) {
        let layout = try context.layout()
        client = try ShopClient(context: context, layout: layout)
        store = SessionStore(layout: layout)
        secrets = SecretStore(layout: layout)
    }

    /// Sends a request with the current session; one that has run out is renewed once.
    func call(_ request: ShopRequest) async throws(CommandFailure) -> ShopAnswer {
        guard let (owner, session) = try await current() else { return try await client.call(request) }
        let response = try await client.send(request, token: session.token)
        if response.status == 401, let renewed = try await renewed(session, owner) {
            return try await client.call(request, token: renewed.token)
        }
        guard response.status < 400 else { throw CommandFailure(response) }
        return ShopAnswer(response)
    }

    /// The id of whoever acts.
    func ownID() async throws(CommandFailure) -> String {
        guard let (_, session) = try await current() else {
            throw .notAllowed("nobody is logged in", hint: "msctl user login --login NAME")
        }
        return session.userID
    }

    func keep(_ answer: ShopAnswer) throws(CommandFailure) {
        try store.write(Session(try answer.decoded(ShopSession.self), api: client.api), .user)
    }

    /// A token of the operator account, whoever is logged in.
    func operatorToken() async throws(CommandFailure) -> String {
        guard let session = try await logInAsOperator() else {
            throw .notAllowed("the project has no secret 'operator-password'", hint: "msctl up makes it")
        }
        return session.token
    }

    private func current() async throws(CommandFailure) -> (SessionStore.Owner, Session)? {
        if let session = try store.read(.user, api: client.api) { return (.user, session) }
        if let session = try store.read(.operator, api: client.api) { return (.operator, session) }
        return try await logInAsOperator().map { (.operator, $0) }
    }

    /// nil when there is nothing to renew it with.
    private func renewed(
        _ stale: Session, _ owner: SessionStore.Owner
    ) async throws(CommandFailure) -> Session? {
        let lock = try await store.lock()
        defer { withExtendedLifetime(lock) {} }
        // Another msctl may have renewed it while we waited.
        if let session = try store.read(owner, api: client.api), session.token != stale.token { return session }
        switch owner {
        case .operator: return try await logInAsOperator()
        case .user:
            guard let refreshToken = stale.refreshToken else { return nil }
            let request = ShopRequest(
                "POST", "api", "users", "refresh", body: .object([("refreshToken", .string(refreshToken))]))
            let response = try await client.send(request)
            // Refused: the login has run out, and the first answer says so.
            if response.status == 401 { return nil }
            guard response.status < 400 else { throw CommandFailure(response) }
            let session = Session(try ShopAnswer(response).decoded(ShopSession.self), api: client.api)
            try store.write(session, .user)
            return session
        }
    }

    /// nil when the project has no operator password.
    private func logInAsOperator() async throws(CommandFailure) -> Session? {
        let password: String
        do {
            password = try secrets.read("operator-password")
        } catch .noSecret {
            return nil
        } catch {
            throw CommandFailure(error)
        }
        let answer = try await client.logIn("operator", password: password)
        let session = Session(try answer.decoded(ShopSession.self), api: client.api)
        try store.write(session, .operator)
        return session
    }
}

import CurlClient
import StateDirectory

/// The shop as whoever uses the command line: the user who logged in last, else the project's operator account.
struct Shop {
    let client: ShopClient
    private let store: SessionStore
    private let secrets: SecretStore

    init(_ context: CommandContext, pauses: Pauses = .real) throws(CommandFailure) {
        let layout = try context.layout()
        client = try ShopClient(context: context, layout: layout, pauses: pauses)
        store = SessionStore(layout: layout)
        secrets = SecretStore(layout: layout)
    }

    /// The answer to a request with the current session, when it is no error.
    func call(_ request: ShopRequest) async throws(CommandFailure) -> ShopAnswer {
        try ShopAnswer(checking: await answer(request), to: request)
    }

    /// The same for a request that speaks of the session it is sent with: made again when that has been renewed.
    func call(_ request: (Session?) -> ShopRequest) async throws(CommandFailure) -> ShopAnswer {
        try ShopAnswer(checking: await answer(request), to: request(nil))
    }

    /// The answer, whatever its status.
    func answer(_ request: ShopRequest) async throws(CommandFailure) -> CurlResponse {
        try await answer { _ in request }
    }

    /// A session that has run out is renewed once.
    private func answer(_ request: (Session?) -> ShopRequest) async throws(CommandFailure) -> CurlResponse {
        guard let (owner, session) = try await current() else { return try await client.answer(request(nil)) }
        let response = try await client.answer(request(session), token: session.token)
        guard response.status == 401, Problem.read(response).isAboutToken else { return response }
        let renewed = try await renewed(session, owner)
        return try await client.answer(request(renewed), token: renewed.token)
    }

    /// The id of whoever acts.
    func ownID() async throws(CommandFailure) -> String {
        guard let (_, session) = try await current() else { throw .loginNeeded("nobody is logged in") }
        return session.userID
    }

    /// Who has logged in. The operator account that acts without a login is nobody: its password is the project's own.
    func loggedIn() throws(CommandFailure) -> Session {
        guard let session = try store.read(.user, api: client.api) else { throw .loginNeeded("nobody is logged in") }
        return session
    }

    /// Acts as whoever has just registered or logged in, and ends the login that this replaces.
    ///
    /// - Returns: why that is not ended at its API, in words; nil when it is, or there was none.
    func keep(_ answer: ShopAnswer) async throws(CommandFailure) -> String? {
        let session = Session(try answer.decoded(ShopSession.self), api: client.api)
        let before = try await replace(by: session)
        switch before {
        case .nothing: return nil
        case .unreadable: return "the login before could not be read, and ends by itself"
        case .session(let former):
            guard let refreshToken = former.refreshToken else { return nil }
            let name = Table.Cell(former.username).text
            let words = "the login before, of \(name), is forgotten here and ends by itself there"
            guard former.api == client.api else { return words }
            do {
                try await client.logOut(refreshToken)
                return nil
            } catch {
                return "\(words): \(error.message)"
            }
        }
    }

    private func replace(by session: Session) async throws(CommandFailure) -> SessionStore.Content {
        let lock = try await store.lock()
        defer { withExtendedLifetime(lock) {} }
        let before = try store.content(.user)
        try store.write(session, .user)
        return before
    }

    /// A token of the operator account, whoever is logged in.
    func operatorToken() async throws(CommandFailure) -> String { try await requiredOperator().token }

    private func current() async throws(CommandFailure) -> (SessionStore.Owner, Session)? {
        if let session = try store.read(.user, api: client.api) { return (.user, session) }
        if let session = try store.read(.operator, api: client.api) { return (.operator, session) }
        return try await logInAsOperator().map { (.operator, $0) }
    }

    /// A session in the place of one that is refused.
    private func renewed(_ stale: Session, _ owner: SessionStore.Owner) async throws(CommandFailure) -> Session {
        let lock = try await store.lock()
        defer { withExtendedLifetime(lock) {} }
        let kept = try store.read(owner, api: client.api)
        // What one person has asked for is not done by another who has logged in meanwhile.
        if owner == .user, kept?.userID != stale.userID {
            throw .loginNeeded("\(stale.username) has been logged out", as: stale.username)
        }
        // Another msctl may have renewed it while we waited.
        if let kept, kept.token != stale.token { return kept }
        return switch owner {
        case .operator: try await requiredOperator()
        case .user: try await refreshed(stale)
        }
    }

    private func refreshed(_ stale: Session) async throws(CommandFailure) -> Session {
        let runOut = CommandFailure.loginNeeded("the login of \(stale.username) has run out", as: stale.username)
        guard let refreshToken = stale.refreshToken else { throw runOut }
        // Never sent twice: the second time it would end every session that came of this login.
        let request = ShopRequest(
            "POST", "api", "users", "refresh", body: .object([("refreshToken", .string(refreshToken))]))
        let session: Session
        do throws(CommandFailure) {
            let response = try await client.send(request)
            if [400, 401, 403].contains(response.status) { throw runOut }
            session = Session(
                try ShopAnswer(checking: response, to: request).decoded(ShopSession.self), api: client.api)
        } catch {
            // The refresh token may be spent, and the one that takes its place is lost.
            throw error.unanswered(
                Table.Cell("this may have ended the login; if so: msctl user login --login \(stale.username)").text)
        }
        try store.write(session, .user)
        return session
    }

    private func requiredOperator() async throws(CommandFailure) -> Session {
        guard client.isOwn else {
            throw .notAllowed(
                "the project's operator password is not sent to \(client.api)", hint: "msctl user login --login NAME")
        }
        guard let session = try await logInAsOperator() else {
            throw .notAllowed("the project has no secret 'operator-password'", hint: "msctl up makes it")
        }
        return session
    }

    /// nil when the project has no operator password, and for an API that it is none of the business of.
    private func logInAsOperator() async throws(CommandFailure) -> Session? {
        guard client.isOwn else { return nil }
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

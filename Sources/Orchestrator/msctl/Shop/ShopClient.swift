import CurlClient
import StateDirectory

/// The shop's API, through the gateway.
struct ShopClient {
    /// Without a trailing slash.
    let url: String
    private let client: CurlClient
    /// `MSCTL_API_URL`, or `project` for the stack that runs here.
    let api: String
    private let pauses: Pauses

    init(context: CommandContext, layout: StateLayout, pauses: Pauses = .real) throws(CommandFailure) {
        self.pauses = pauses
        api = Self.api(context)
        if api != Self.project {
            url = api
        } else if let found = try UpSummary.url(in: layout) {
            url = found
        } else {
            throw .nothingRunning(
                "no api-gateway is ready", hint: "msctl up; or set MSCTL_API_URL to speak to another one")
        }
        do {
            client = try CurlClient()
        } catch {
            throw CommandFailure(error, peer: url)
        }
    }

    /// What ``Session/api`` calls the stack that runs here.
    static let project = "project"

    /// Whose API is spoken to: `MSCTL_API_URL`, without a trailing slash, or `project`.
    static func api(_ context: CommandContext) -> String {
        guard let given = context.environment["MSCTL_API_URL"], !given.isEmpty else { return project }
        return given.hasSuffix("/") ? String(given.dropLast()) : given
    }

    /// Whether the project's own secrets may be sent there: to what runs here, and over no network.
    var isOwn: Bool { api == Self.project || LoopbackURL.matches(url) }

    /// The answer to one try, whatever its status.
    func send(_ request: ShopRequest, token: String? = nil) async throws(CommandFailure) -> CurlResponse {
        try answer(await attempt(request, token), to: request)
    }

    /// The answer, whatever its status; a request that may be done twice and got none is sent again.
    func answer(_ request: ShopRequest, token: String? = nil) async throws(CommandFailure) -> CurlResponse {
        var result = await attempt(request, token)
        var tries = 1
        while request.isRepeatable,
            let pause = RetryPolicy.pause(after: .init(result), tries: tries, random: pauses.random())
        {
            await pauses.wait(pause)
            result = await attempt(request, token)
            tries += 1
        }
        return try answer(result, to: request)
    }

    /// The answer when it is no error.
    func call(_ request: ShopRequest, token: String? = nil) async throws(CommandFailure) -> ShopAnswer {
        try ShopAnswer(checking: await answer(request, token: token), to: request)
    }

    private func attempt(_ request: ShopRequest, _ token: String?) async -> Result<CurlResponse, CurlError> {
        var sent = CurlRequest(method: request.method, url: url + request.target)
        sent.headers = [("Accept", "application/json")] + request.headers
        sent.forbidReuse = request.isSentOnce
        if let key = request.idempotencyKey { sent.headers.append(("Idempotency-Key", key)) }
        if let token { sent.headers.append(("Authorization", "Bearer \(token)")) }
        if let body = request.body {
            sent.headers.append(("Content-Type", "application/json"))
            sent.body = Array(body.text.utf8)
        } else if request.method != "GET" {
            sent.body = []
        }
        do {
            return .success(try await client.send(sent))
        } catch {
            return .failure(error)
        }
    }

    private func answer(
        _ result: Result<CurlResponse, CurlError>, to request: ShopRequest
    ) throws(CommandFailure) -> CurlResponse {
        switch result {
        case .success(let response): return response
        case .failure(let error): throw CommandFailure(error, peer: url).known(by: request.idempotencyKey)
        }
    }

    func logIn(_ login: String, password: String) async throws(CommandFailure) -> ShopAnswer {
        try await call(
            ShopRequest(
                "POST", "api", "users", "login",
                body: .object([("login", .string(login)), ("password", .string(password))])))
    }

    /// - Parameter key: names the registration, so that it can be asked for again.
    func register(
        username: String, email: String, password: String, key: String
    ) async throws(CommandFailure) -> ShopAnswer {
        var request = ShopRequest(
            "POST", "api", "users", "register",
            body: .object([
                ("username", .string(username)), ("email", .string(email)), ("password", .string(password)),
            ]))
        request.idempotencyKey = key
        return try await call(request)
    }

    /// Ends the login that a refresh token belongs to.
    func logOut(_ refreshToken: String) async throws(CommandFailure) {
        var request = ShopRequest(
            "POST", "api", "users", "logout", body: .object([("refreshToken", .string(refreshToken))]))
        request.isIdempotent = true
        _ = try await call(request)
    }
}

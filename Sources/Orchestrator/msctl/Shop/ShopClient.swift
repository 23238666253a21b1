import CurlClient
import StateDirectory

/// The shop's API, through the gateway.
struct ShopClient {
    /// Without a trailing slash.
    let url: String
    private let client: CurlClient
    /// `MSCTL_API_URL`, or `project` for the stack that runs here.
    let api: String

    init(context: CommandContext, layout: StateLayout) throws(CommandFailure) {
        if let given = context.environment["MSCTL_API_URL"], !given.isEmpty {
            url = given.hasSuffix("/") ? String(given.dropLast()) : given
            api = url
        } else if let found = try UpSummary.url(in: layout) {
            url = found
            api = "project"
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

    /// The answer, whatever its status.
    func send(_ request: ShopRequest, token: String? = nil) async throws(CommandFailure) -> CurlResponse {
        var sent = CurlRequest(method: request.method, url: url + request.target)
        sent.headers = [("Accept", "application/json")] + request.headers
        if let token { sent.headers.append(("Authorization", "Bearer \(token)")) }
        if let body = request.body {
            sent.headers.append(("Content-Type", "application/json"))
            sent.body = Array(body.text.utf8)
        } else if request.method != "GET" {
            sent.body = []
        }
        do {
            return try await client.send(sent)
        } catch {
            throw CommandFailure(error, peer: url)
        }
    }

    /// The answer when it is no error.
    func call(_ request: ShopRequest, token: String? = nil) async throws(CommandFailure) -> ShopAnswer {
        let response = try await send(request, token: token)
        guard response.status < 400 else { throw CommandFailure(response) }
        return ShopAnswer(response)
    }

    func logIn(_ login: String, password: String) async throws(CommandFailure) -> ShopAnswer {
        try await call(
            ShopRequest(
                "POST", "api", "users", "login",
                body: .object([("login", .string(login)), ("password", .string(password))])))
    }

    func register(username: String, email: String, password: String) async throws(CommandFailure) -> ShopAnswer {
        try await call(
            ShopRequest(
                "POST", "api", "users", "register",
                body: .object([
                    ("username", .string(username)), ("email", .string(email)), ("password", .string(password)),
                ])))
    }
}

import ControlAPI
import CurlClient
import FoundationEssentials
import StateDirectory
import SystemPackage

/// Speaks to the project's daemon over its control socket.
struct ControlClient: Sendable {
    private let client: CurlClient
    private let socket: FilePath

    init(layout: StateLayout) throws(CommandFailure) {
        do {
            client = try CurlClient()
        } catch {
            throw CommandFailure(error, peer: "msctld")
        }
        socket = layout.controlSocket
    }

    /// nil when nobody answers.
    func statusIfAnswering() async throws(CommandFailure) -> DaemonStatus? {
        do {
            return try await call(.daemon, "GET", body: nil)
        } catch .unreachable {
            return nil
        }
    }

    func up(_ request: UpRequest) async throws(CommandFailure) -> Accepted { try await post(.up, request) }
    func down(_ request: StopRequest) async throws(CommandFailure) -> Accepted { try await post(.down, request) }
    func restart(_ request: RestartRequest) async throws(CommandFailure) -> Accepted {
        try await post(.restart, request)
    }
    func scale(_ request: ScaleRequest) async throws(CommandFailure) -> Accepted { try await post(.scale, request) }
    func kill(_ request: KillRequest) async throws(CommandFailure) -> Accepted { try await post(.kill, request) }
    func plan(_ request: UpRequest) async throws(CommandFailure) -> Plan { try await post(.plan, request) }
    func shutDown() async throws(CommandFailure) -> Accepted { try await call(.shutdown, "POST", body: []) }

    /// The watch stream's lines, undecoded; it ends when `timeout` is over, if there is one.
    func watch(timeout: Duration?) async throws(CurlError) -> CurlStream {
        var request = request(.watch, "GET", body: nil)
        request.timeout = timeout
        // A whole project's status is one line.
        request.maximumBodyBytes = 64 << 20
        return try await client.stream(request)
    }

    private func post<Answer: Decodable>(
        _ route: ControlAPI.Route, _ value: some Encodable
    ) async throws(CommandFailure) -> Answer {
        try await call(route, "POST", body: Array(JSONOutput.line(value).utf8))
    }

    private func call<Answer: Decodable>(
        _ route: ControlAPI.Route, _ method: String, body: [UInt8]?
    ) async throws(CommandFailure) -> Answer {
        let response: CurlResponse
        do {
            response = try await client.send(request(route, method, body: body))
        } catch {
            throw CommandFailure(error, peer: "msctld")
        }
        guard response.status < 400 else { throw Self.failure(response) }
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(response.body))
        } catch {
            throw .unreachable("msctld's answer to \(route.rawValue) cannot be read: \(error)")
        }
    }

    private func request(_ route: ControlAPI.Route, _ method: String, body: [UInt8]?) -> CurlRequest {
        var request = CurlRequest(method: method, url: "http://msctl\(route.rawValue)", unixSocketPath: socket.string)
        request.body = body
        if body != nil { request.headers = [("Content-Type", "application/json")] }
        return request
    }

    private static func failure(_ response: CurlResponse) -> CommandFailure {
        guard let refusal = try? JSONDecoder().decode(Refusal.self, from: Data(response.body)) else {
            return .unreachable("msctld answers \(response.status): \(String(decoding: response.body, as: UTF8.self))")
        }
        return response.status >= 500
            ? .unreachable("msctld: \(refusal.message)", hint: refusal.hint)
            : .failed(refusal.message, hint: refusal.hint)
    }
}

import ControlAPI
import CurlClient
import FoundationEssentials
import StateDirectory
import SystemPackage

/// Speaks to the project's daemon over its control socket.
struct ControlClient: Sendable {
    private let client: CurlClient
    private let socket: FilePath
    private let layout: StateLayout

    init(layout: StateLayout) throws(CommandFailure) {
        do {
            client = try CurlClient()
        } catch {
            throw CommandFailure(error, peer: "msctld")
        }
        socket = layout.controlSocket
        self.layout = layout
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
        let response = try await answer(to: request(route, method, body: body), route)
        guard response.status < 400 else { throw Self.failure(response) }
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(response.body))
        } catch {
            throw .unreachable("msctld's answer to \(route.rawValue) cannot be read: \(error)")
        }
    }

    /// Asks again when the daemon was killed meanwhile: its shim has it back at once, and what was asked must not be lost.
    private func answer(
        to request: CurlRequest, _ route: ControlAPI.Route
    ) async throws(CommandFailure) -> CurlResponse {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            do {
                return try await client.send(request)
            } catch {
                guard route.mayBeAskedAgain(after: error), FileLock.isHeld(layout.daemonShimLock),
                    ContinuousClock.now < deadline
                else { throw CommandFailure(error, peer: "msctld") }
            }
            // Only cancellation ends the sleep early, and then the next request fails.
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    /// The shim's pause before it starts a daemon that keeps dying is five seconds at most.
    private static let patience = Duration.seconds(15)

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

extension ControlAPI.Route {
    /// A request that nobody took has done nothing. One whose answer is missing may have been carried out: then it may be
    /// repeated when doing it twice comes to the same, or, for a restart, to no harm.
    fileprivate func mayBeAskedAgain(after error: CurlError) -> Bool {
        switch (self, error) {
        // Whoever asks for these wants to know whether the daemon is there.
        case (.daemon, _), (.shutdown, _): false
        case (_, .refused): true
        case (.kill, .interrupted): false
        case (_, .interrupted): true
        default: false
        }
    }
}

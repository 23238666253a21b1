import Manifest
import StateDirectory
import SystemPackage

/// `tcp: true`: whether a connection on loopback is accepted.
final class TCPQuestion: ProbeQuestion {
    private let port: UInt16
    private let timeout: Duration
    private let line: ProbeLine
    private var connection: LoopbackConnection

    init(port: UInt16, timeout: Duration, line: ProbeLine) {
        self.port = port
        self.timeout = timeout
        self.line = line
        connection = LoopbackConnection(port: port)
    }

    func begin() -> ProbeAnswer? { connect() }

    func handle(_ signal: ProbeSignal) -> ProbeAnswer? {
        guard case .ready = signal else { return nil }
        return connect()
    }

    private func connect() -> ProbeAnswer? {
        switch connection.connect() {
        case .done: return answer(.passed, "accepted")
        case .failed(.connectionRefused): return answer(.refused, "refused")
        case .failed(let error): return answer(.failed, "\(error)")
        case .later:
            line.wait(.writable, connection.descriptor)
            return nil
        }
    }

    func expire() -> ProbeAnswer { answer(.timedOut, "not accepted within \(timeout.milliseconds) ms") }

    func cancel() { connection.close(line.loop) }

    private func answer(_ outcome: ProbeReport.Outcome, _ what: String) -> ProbeAnswer {
        cancel()
        return ProbeAnswer(outcome: outcome, detail: "TCP port \(port): \(what)")
    }
}

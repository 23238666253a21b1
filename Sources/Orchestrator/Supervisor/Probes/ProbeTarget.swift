import CurlClient
import Manifest
import StateDirectory

/// One probe of one run, ready to be asked.
struct ProbeTarget: Sendable {
    let probe: Probe
    let port: UInt16?
    let environment: [String: String]
    let workingDirectory: String

    /// Asks once. Never throws: whatever goes wrong is an answer, and says what.
    func ask(_ client: CurlClient?, at time: Int64) async -> ProbeReport {
        switch probe.check {
        case .http(let path, let headers, let statuses, _):
            await HTTPCheck(
                port: probe.port ?? port, path: path, headers: headers, expected: statuses, timeout: probe.timeout
            ).ask(client, at: time)
        case .tcp:
            await TCPCheck(port: probe.port ?? port, timeout: probe.timeout).ask(at: time)
        case .exec(let command):
            await ExecCheck(
                command: command, environment: environment, workingDirectory: workingDirectory, timeout: probe.timeout
            ).ask(at: time)
        case .log:
            ProbeReport(time: time, outcome: .failed, latencyMilliseconds: 0, detail: "no line has matched yet")
        }
    }
}

extension ProbeReport {
    static func noPort(at time: Int64) -> ProbeReport {
        ProbeReport(time: time, outcome: .failed, latencyMilliseconds: 0, detail: "the instance has no port to ask")
    }
}

/// Measures one question.
struct Stopwatch {
    private let start = ContinuousClock.now

    var milliseconds: Double {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return Double(seconds) * 1000 + Double(attoseconds / 10_000_000_000_000) / 100
    }
}

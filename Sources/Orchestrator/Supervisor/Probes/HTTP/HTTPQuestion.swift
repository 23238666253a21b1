import Manifest
import StateDirectory
import SystemPackage

/// `http: PATH`: GET over a connection of its own, held against the expected status and body.
final class HTTPQuestion: ProbeQuestion {
    private let target: HTTPTarget
    private let line: ProbeLine
    private let expectation: BodyExpectation?
    private var connection: LoopbackConnection
    private var sent = 0
    private var answer = HTTPAnswer()
    private var stage = Stage.connecting

    private enum Stage { case connecting, sending, receiving, matching }

    init(_ target: HTTPTarget, _ expectation: BodyExpectation?, line: ProbeLine) {
        self.target = target
        self.expectation = expectation
        self.line = line
        connection = LoopbackConnection(port: target.port)
    }

    func begin() -> ProbeAnswer? { proceed() }

    func handle(_ signal: ProbeSignal) -> ProbeAnswer? {
        switch signal {
        case .ready: return proceed()
        case .matched(let matches): return matched(matches)
        case .due, .written, .expired, .ended, .spawned, .scanned, .owner: return nil
        }
    }

    /// Goes as far as it can without waiting.
    private func proceed() -> ProbeAnswer? {
        while true {
            switch step() {
            case .later:
                line.wait(stage == .receiving ? .readable : .writable, connection.descriptor)
                return nil
            case .failed(let error): return failed(error)
            case .done:
                switch stage {
                case .connecting: stage = .sending
                case .sending: stage = .receiving
                case .receiving, .matching: return received()
                }
            }
        }
    }

    private func step() -> LoopbackConnection.Progress {
        switch stage {
        case .connecting: connection.connect()
        case .sending: connection.send(target.request, from: &sent)
        case .receiving, .matching:
            connection.receive { bytes in
                progress = bytes.isEmpty ? answer.end() : answer.take(bytes)
                return progress == .incomplete
            }
        }
    }
    private var progress = HTTPAnswer.Progress.incomplete

    private func failed(_ error: Errno) -> ProbeAnswer {
        switch error {
        case .connectionRefused where stage == .connecting: say(.refused, "refused")
        case .connectionReset, .brokenPipe: say(.failed, "the connection was closed before the answer was complete")
        default: say(.failed, "\(error)")
        }
    }

    private func received() -> ProbeAnswer? {
        if case .malformed(let what) = progress {
            return say(.failed, what, body: answer.beginning)
        }
        guard target.expectedStatuses.contains(answer.status) else {
            return say(.wrongStatus, "status \(answer.status)", body: answer.body)
        }
        guard let expectation, !expectation.isKnown(answer.body) else { return passed() }
        close()
        stage = .matching
        guard expectation.match(answer.body, line: line) else {
            return say(.wrongBody, "status \(answer.status), and the last body is still held against its pattern")
        }
        return nil
    }

    private func matched(_ matches: Bool) -> ProbeAnswer? {
        guard stage == .matching, let expectation else { return nil }
        guard matches else {
            return say(
                .wrongBody, "status \(answer.status), but the body does not match '\(expectation.pattern)'",
                body: answer.body)
        }
        expectation.remember(answer.body)
        return passed()
    }

    private func passed() -> ProbeAnswer { say(.passed, "status \(answer.status)", body: answer.body) }

    func expire() -> ProbeAnswer {
        let time = "within \(target.timeout.milliseconds) ms"
        return switch stage {
        case .connecting: say(.timedOut, "no connection \(time)")
        case .matching:
            say(.timedOut, "status \(answer.status), but the body was not matched \(time)", body: answer.body)
        case .receiving where answer.hasHead:
            say(.timedOut, "status \(answer.status), but no end of the body \(time)", body: answer.body)
        case .sending, .receiving: say(.timedOut, "no answer \(time)")
        }
    }

    func cancel() { close() }

    private func close() { connection.close(line.loop) }

    private func say(_ outcome: ProbeReport.Outcome, _ what: String, body: [UInt8] = []) -> ProbeAnswer {
        close()
        return ProbeAnswer(outcome: outcome, detail: "\(target.asked): \(what)", body: body)
    }
}

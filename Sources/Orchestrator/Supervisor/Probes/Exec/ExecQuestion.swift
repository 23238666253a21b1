import CLinux
import Manifest
import StateDirectory

/// `test:`: a command in the service's environment; 0 passes. A single word is a shell's line (`CMD-SHELL`).
///
/// The answer is there when the command has ended, whoever holds its output then; what it left in its group is killed.
final class ExecQuestion: ProbeQuestion {
    /// A command that writes more than this finds its pipe closed: output is for people, and a flood for nobody.
    private static let mostOutput = 1 << 20

    private let command: [String]
    private let wrapper: [String]
    private let environment: [String: String]
    private let directory: String
    private let timeout: Duration
    private let line: ProbeLine
    private var process: ProbeProcess?
    private var isReading = false
    private var kept: [UInt8] = []
    private var read = 0

    init(
        command: [String], wrapper: [String], environment: [String: String], directory: String, timeout: Duration,
        line: ProbeLine
    ) {
        self.command = command
        self.wrapper = wrapper
        self.environment = environment
        self.directory = directory
        self.timeout = timeout
        self.line = line
    }

    func begin() -> ProbeAnswer? {
        line.elsewhere { [command, wrapper, environment, directory] in
            .spawned(
                Result { () throws(ProbeProcess.NotStarted) in
                    try ProbeProcess.start(command, in: wrapper, environment: environment, directory: directory)
                })
        }
        return nil
    }

    func handle(_ signal: ProbeSignal) -> ProbeAnswer? {
        switch signal {
        case .spawned(.success(let process)):
            self.process = process
            isReading = true
            line.wait(.readable, process.output)
            line.wait(.readable, process.descriptor, then: .ended)
            return nil
        case .spawned(.failure(let error)): return answer(.failed, "cannot be started: \(error.description)")
        case .ready:
            readOutput(isLast: false)
            return nil
        case .ended: return ended()
        case .due, .written, .expired, .matched, .scanned, .owner: return nil
        }
    }

    private func readOutput(isLast: Bool) {
        guard let process, isReading else { return }
        guard let bytes = process.read(), read + bytes.count <= Self.mostOutput else { return stopReading() }
        read += bytes.count
        kept += bytes.prefix(ProbeReport.bodyLimit + 4 - kept.count)
        if !isLast { line.wait(.readable, process.output) }
    }

    private func stopReading() {
        guard let process, isReading else { return }
        isReading = false
        line.loop.forget(process.output)
    }

    private func ended() -> ProbeAnswer? {
        guard let process else { return nil }
        while isReading, kept.count < ProbeReport.bodyLimit, process.hasOutput { readOutput(isLast: true) }
        stopReading()
        self.process = nil
        let code = process.reap()
        return answer(code == 0 ? .passed : .failed, "exited with code \(code)")
    }

    func expire() -> ProbeAnswer {
        cancel()
        return answer(.timedOut, "not done within \(timeout.milliseconds) ms")
    }

    func cancel() {
        stopReading()
        guard let process else { return }
        self.process = nil
        process.end(on: line.loop)
    }

    private func answer(_ outcome: ProbeReport.Outcome, _ what: String) -> ProbeAnswer {
        ProbeAnswer(outcome: outcome, detail: "\(command.joined(separator: " ")): \(what)", body: kept)
    }
}

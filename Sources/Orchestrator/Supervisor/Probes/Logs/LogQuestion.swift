import Manifest
import StateDirectory
import SystemPackage

/// `log: REGEX`: whether a line of the run's logs matches.
final class LogQuestion: ProbeQuestion {
    private let search: LogSearch
    private let timeout: Duration
    private let line: ProbeLine

    init(_ search: LogSearch, timeout: Duration, line: ProbeLine) {
        self.search = search
        self.timeout = timeout
        self.line = line
    }

    func begin() -> ProbeAnswer? {
        if let found = search.takeFound() { return passed(found) }
        return search.look(line) ? nil : answer(.timedOut, "the logs are still being read")
    }

    func handle(_ signal: ProbeSignal) -> ProbeAnswer? {
        guard case .scanned = signal else { return nil }
        if let found = search.takeFound() { return passed(found) }
        return answer(.failed, search.isHeartbeat ? "no line since the last question" : "no line yet")
    }

    private func passed(_ found: [UInt8]) -> ProbeAnswer {
        answer(.passed, "a line matched", body: Array(found.prefix(ProbeReport.bodyLimit + 4)))
    }

    func expire() -> ProbeAnswer { answer(.timedOut, "the logs were not read within \(timeout.milliseconds) ms") }

    func cancel() {}

    private func answer(_ outcome: ProbeReport.Outcome, _ what: String, body: [UInt8] = []) -> ProbeAnswer {
        ProbeAnswer(outcome: outcome, detail: "log '\(search.pattern)': \(what)", body: body)
    }
}

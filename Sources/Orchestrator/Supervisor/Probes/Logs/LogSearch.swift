import StateDirectory
import Synchronization

/// A probe's place in the logs of its run, kept between its questions. The reading is done on other threads, one at a time.
final class LogSearch {
    let pattern: String
    /// For liveness: a line since the last question counts, not one since the run began.
    let isHeartbeat: Bool
    private let lines: SharedLines
    private var isLooking = false
    /// The line that matched: for good, or for a heartbeat until a question has taken it.
    private var found: [UInt8]?
    /// When to look again though nothing may be written until then, monotonic ms.
    private(set) var again: Int64?

    private final class SharedLines: Sendable {
        let lines: Mutex<LogLines>
        init(_ lines: sending LogLines) { self.lines = Mutex(lines) }
    }

    /// - Parameter fromEnd: what has been written so far does not count.
    init(_ pattern: String, run: RunDirectory, isHeartbeat: Bool, fromEnd: Bool) {
        self.pattern = pattern
        self.isHeartbeat = isHeartbeat
        lines = SharedLines(LogLines(pattern, run: run, fromEnd: fromEnd))
    }

    /// Begins to look; `scanned` is sent when it is done. False while an earlier look still goes on.
    func look(_ line: ProbeLine) -> Bool {
        guard !isLooking else { return false }
        isLooking = true
        line.elsewhere { [lines, isHeartbeat] in
            let now = Time.monotonic
            return .scanned(lines.lines.withLock { isHeartbeat ? $0.heartbeat(now: now) : $0.next(now: now) })
        }
        return true
    }

    /// The look is over; to be said of every `scanned`, also one that comes too late for its question: what it found is
    /// there for the next.
    func lookEnded(_ finding: LogLines.Finding) {
        isLooking = false
        found = finding.line ?? found
        again = finding.again
    }

    /// The line that matched, if there is one.
    func takeFound() -> [UInt8]? {
        defer { if isHeartbeat { found = nil } }
        return found
    }
}

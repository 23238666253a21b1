import CLinux
import StateDirectory
import SystemPackage

/// Looks for a line that matches among what a run writes, from a given place on, however the writes are cut.
///
/// A line ends with a newline. What stands at the end without one is a line, too, when nothing has been added to it for a
/// while: some programs say that they are ready without ending the line. Of a line longer than 1 MiB the beginning counts.
struct LogLines {
    /// What one look brought.
    struct Finding: Sendable, Hashable {
        /// The first line that matched.
        var line: [UInt8]?
        /// Look again at this time (monotonic ms) though nothing may be written until then.
        var again: Int64?
    }

    /// One look reads at most so much of a file.
    private static let mostAtOnce = 4 << 20
    /// An unfinished line counts when it has been left alone for so many ms.
    static let patience: Int64 = 100

    private let pattern: Pattern
    private var files: [LogTailReader]

    /// - Parameter fromEnd: what has been written so far does not count.
    init(_ pattern: String, run: RunDirectory, fromEnd: Bool = false) {
        self.pattern = Pattern(pattern)
        files = [run.standardOutput, run.standardError].map { LogTailReader($0, fromEnd: fromEnd) }
    }

    /// Looks at what was written since the last call. When a line matches, the rest stays unread; `skip` passes over it.
    mutating func next(now: Int64) -> Finding {
        var again: Int64?
        for index in files.indices {
            let found = files[index].look(pattern, atMost: Self.mostAtOnce, now: now)
            if let line = found.line { return Finding(line: line) }
            again = [again, found.again].compactMap { $0 }.min()
        }
        return Finding(again: again)
    }

    /// Whether a line matches that was written since the last call; all of it counts as read. Of a flood only the newest
    /// 4 MiB of each file are looked at.
    mutating func heartbeat(now: Int64) -> Finding {
        var finding = Finding()
        for index in files.indices {
            files[index].skip(toLast: Self.mostAtOnce)
            let found = files[index].look(pattern, atMost: Self.mostAtOnce, now: now)
            finding.line = finding.line ?? found.line
            if found.line != nil { files[index].skip(toLast: 0) }
        }
        return finding
    }
}

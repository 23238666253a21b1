import StateDirectory

/// One look of a follower at the runs that changed: all that they hold when it begins, merged in time order. However far
/// the reader was behind, no line comes before an older one that was there as well, and memory holds one block of each file.
struct FollowLook {
    struct Run {
        let directory: RunDirectory
        let files: [FollowedFile]
        /// Nothing more is written, and after this look nothing more is read.
        let isOver: Bool
    }
    let runs: [Run]
    private var lines: LogLines

    init(_ runs: [Run], _ sources: [FollowedFile]) {
        self.runs = runs
        lines = LogLines(sources)
    }

    /// See ``LogLines/batch()``.
    mutating func next() throws(LogError) -> [LogLine] { try lines.batch() }

    /// All of it has been handed out.
    var isOver: Bool { lines.isAtEnd }

    /// Bytes that retention dropped before they were read, since it was last asked.
    func takeSkipped() -> Int64 {
        runs.reduce(0) { sum, run in run.files.reduce(sum) { $0 + $1.takeSkipped() } }
    }
}

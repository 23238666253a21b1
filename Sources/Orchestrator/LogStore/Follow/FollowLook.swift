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

    /// At most so many of the lines; fewer at the end of the look.
    mutating func next(_ count: Int) throws(LogError) -> [LogLine] {
        var batch: [LogLine] = []
        while batch.count < count, let line = try lines.next() { batch.append(line) }
        return batch
    }

    /// Bytes that retention dropped before they were read, since it was last asked.
    func takeSkipped() -> Int64 {
        runs.reduce(0) { sum, run in run.files.reduce(sum) { $0 + $1.takeSkipped() } }
    }
}

import CLinux
import StateDirectory
import SystemPackage

/// Drops the oldest log lines of instances that have more than they may, and of all when the disk is full. Offsets stay
/// true: the head of a file becomes a hole (fallocate(2), FALLOC_FL_PUNCH_HOLE), which begins no line and takes no space.
/// What is dropped is counted. Belongs to one thread.
package final class LogRetainer {
    private let layout: StateLayout
    private let report: @Sendable (String) -> Void
    /// What the newest run of an instance took when all of its runs were last measured.
    private var measured: [InstanceID: Int64] = [:]
    private var cannotPunch = false
    /// Lines dropped for want of space that were not reported yet, and when some were.
    private var untold: Int64 = 0
    private var told = LogTime(nanoseconds: 0)
    /// What was dropped without the index and is to be written there.
    private var owed: [LogHead]

    /// A file is looked at again when it has grown by so much.
    private static let step: Int64 = 1 << 20
    /// Less than so many bytes of a file are not worth taking.
    private static let leastPiece: Int64 = 65_536
    /// Nanoseconds between two reports of the same thing.
    private static let silence: Int64 = 60_000_000_000

    private let space: () -> DiskSpace?

    /// `space` is what the disk has left; nil when that cannot be asked.
    init(
        _ layout: StateLayout, owing heads: [LogHead] = [], space: (() -> DiskSpace?)? = nil,
        report: @escaping @Sendable (String) -> Void
    ) {
        owed = heads
        self.space = space ?? { DiskSpace(layout.root) }
        self.layout = layout
        self.report = report
    }

    /// Keeps an instance within what it may keep: when its runs have changed, and when the newest has grown by a sixteenth
    /// of that.
    func enforce(_ retention: Retention, on instance: InstanceID, _ writer: IndexWriter) throws {
        let runs = layout.allRuns(of: instance)
        guard let newest = runs.last else { return }
        let bytes = retention.bytes
        let growth = measured[instance].map { newest.allocatedBytes - $0 }
        if let growth, 0..<max(min(Self.step, bytes / 16), 1) ~= growth { return }
        let sizes = runs.map(\.allocatedBytes)
        var total = sizes.reduce(0, +)
        // Whole runs first; the newest stays, and so does every run whose tree may live.
        for (index, run) in runs.enumerated() where run != newest && !run.isAlive {
            guard total > bytes || runs.count - index > retention.runs else { break }
            do {
                try AtomicFile.remove(run.path)
                total -= sizes[index]
            } catch {
                report("\(error)")
            }
        }
        if total > bytes {
            // An eighth more, so that this is not done for every block.
            try drop(total - bytes + bytes / 8, from: try writer.oldestBlocks(of: newest), writer)
        }
        measured[instance] = newest.allocatedBytes
    }

    /// Runs of an instance have come or gone: everything of it is measured anew, and what is gone is counted.
    func runsChanged(of instance: InstanceID, _ writer: IndexWriter) throws {
        measured[instance] = nil
        try writer.forgetMissing(of: instance, among: layout.allRuns(of: instance))
    }

    /// When the disk is nearly full: the oldest lines of all go, so that services and the index can go on.
    func relieve(_ writer: IndexWriter) throws {
        guard let disk = space(), disk.isLow else { return }
        let dropped = try drop(2 * disk.reserve - disk.free, from: try writer.oldestBlocks(of: nil), writer)
        tell(dropped)
        // Files may grow faster than they are indexed.
        if dropped == 0, relieveWithoutIndex() { try settle(writer) }
    }

    /// Whether there is so little room that it has to be watched closely.
    var isPressed: Bool { space()?.isTight ?? false }

    /// The same without the index, which cannot be written when the disk is full already. Returns whether there is more
    /// room now; what was dropped is written down by ``settle(_:)``.
    func relieveWithoutIndex() -> Bool {
        guard !cannotPunch, let disk = space(), disk.isLow else { return false }
        let excess = 2 * disk.reserve - disk.free
        let piece = Int(max(disk.reserve / 4, Self.leastPiece))
        var heads = layout.instances.flatMap { layout.allRuns(of: $0) }.flatMap(\.logFiles).compactMap {
            LogHead($0, least: Self.leastPiece)
        }
        var changed: [FilePath: LogHead] = [:]
        var freed: Int64 = 0
        while freed < excess, let oldest = heads.indices.min(by: { heads[$0].time < heads[$1].time }) {
            let bytes = heads[oldest].drop(piece)
            freed += bytes
            if bytes == 0 { heads.remove(at: oldest) } else { changed[heads[oldest].file.path] = heads[oldest] }
        }
        for head in changed.values {
            punch(head.file.path, head.first)
            owed.append(head)
        }
        tell(changed.values.reduce(0) { $0 + $1.droppedLines })
        return !changed.isEmpty && !cannotPunch
    }

    /// The same for a daemon that has opened nothing yet. What was dropped is for its indexer to write down.
    package static func makeRoom(_ layout: StateLayout, report: @escaping @Sendable (String) -> Void) -> [LogHead] {
        let retainer = LogRetainer(layout, report: report)
        _ = retainer.relieveWithoutIndex()
        return retainer.owed
    }

    /// Writes down what was dropped without the index.
    func settle(_ writer: IndexWriter) throws {
        while let head = owed.first {
            try writer.begin(head.file, at: head.first, dropped: head.droppedLines)
            owed.removeFirst()
        }
    }

    private func tell(_ dropped: Int64) {
        untold += dropped
        let now = LogTime.now()
        guard untold > 0, now.nanoseconds - told.nanoseconds > Self.silence else { return }
        report("the disk is nearly full: the oldest \(untold) log lines were dropped")
        (untold, told) = (0, now)
    }

    /// Drops blocks, which are given with the oldest first, until so many bytes are free; returns how many lines went.
    @discardableResult
    private func drop(
        _ excess: Int64, from blocks: [IndexWriter.StoredBlock], _ writer: IndexWriter
    ) throws -> Int64 {
        var freed: Int64 = 0
        var lines: Int64 = 0
        var heads: [IndexWriter.StoredFile: (end: Int64, lines: Int64)] = [:]
        for block in blocks {
            if freed >= excess { break }
            freed += block.range.upperBound - block.range.lowerBound
            lines += block.lines
            let head = heads[block.file] ?? (0, 0)
            heads[block.file] = (max(head.end, block.range.upperBound), head.lines + block.lines)
        }
        for (file, head) in heads {
            // Written down first: a hole without it would be lines that nobody can say were dropped.
            try writer.drop(file, upTo: head.end, lines: head.lines)
            punch(file.path(in: layout), head.end)
        }
        return lines
    }

    private func punch(_ path: FilePath, _ end: Int64) {
        let error = clinux_punch_head(path.string, end)
        guard error != 0, error != ENOENT, !cannotPunch else { return }
        cannotPunch = true
        report(
            "\(path): its head cannot be given back (\(Errno(rawValue: error))); logs.retain holds for whole runs only")
    }
}

/// What an instance may keep of its logs.
package struct Retention: Sendable, Hashable {
    /// Of all its runs.
    let bytes: Int64
    /// The newest included; at least 1.
    let runs: Int

    package init(bytes: Int64, runs: Int) {
        self.bytes = bytes
        self.runs = runs
    }
}

extension RunDirectory {
    /// What its log files take on the disk.
    fileprivate var allocatedBytes: Int64 {
        logFiles.reduce(0) { $0 + max(0, clinux_allocated_bytes($1.path.string)) }
    }
}

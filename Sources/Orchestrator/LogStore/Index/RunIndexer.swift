import StateDirectory

/// Indexes whatever runs are named to it. Belongs to one thread; knows no thread, no watch and no clock of its own.
final class RunIndexer {
    private let writer: IndexWriter
    private let now: () -> LogTime
    private let blockSize: Int64
    private var files: [RunDirectory: [FileIndexer]] = [:]
    /// Runs that are over but for their shims, which are about to end: they want another look soon.
    private(set) var lingering: Set<RunDirectory> = []

    /// What was put into blocks so far.
    private(set) var taken = IndexedAmount()

    /// With what is not in blocks yet.
    var all: IndexedAmount {
        files.values.joined().reduce(into: taken) { sum, file in
            sum.bytes += file.gathered.bytes
            sum.lines += file.gathered.lines
        }
    }

    /// Steps are written together until so many bytes have been looked at.
    private static let batch: Int64 = 64 << 20

    init(
        _ writer: IndexWriter, blockSize: Int64 = BlockSummary.size, now: @escaping () -> LogTime = LogTime.now
    ) {
        self.blockSize = blockSize
        self.writer = writer
        self.now = now
    }

    /// Takes what the files of these runs have that is not indexed yet, a good deal at a time. Returns the runs that have
    /// more.
    func look(at runs: some Sequence<RunDirectory>) throws -> Set<RunDirectory> {
        var unfinished: Set<RunDirectory> = []
        var steps: [(FileIndexer, IndexStep)] = []
        var bytes: Int64 = 0
        for run in runs {
            // Asked before the files are read: what an ended run has written is then all there.
            let hasEnded = hasEnded(run)
            var isDone = hasEnded
            for indexer in try indexers(of: run) {
                let (step, hasMore) = try indexer.look(now: now(), hasEnded: hasEnded)
                // Deleted with its run, or emptied by somebody.
                let isDeleted = indexer.isCut && !AtomicFile.exists(run.path)
                if indexer.isCut {
                    if !isDeleted { try writer.forget(indexer.file) }
                    files[run] = nil
                }
                if hasMore || (indexer.isCut && !isDeleted) {
                    unfinished.insert(run)
                    isDone = false
                }
                if !step.isEmpty { steps.append((indexer, step)) }
                bytes += step.after.counted - step.before.counted
            }
            if bytes >= Self.batch {
                unfinished.formUnion(try commit(steps))
                (steps, bytes) = ([], 0)
            }
            if isDone { files[run] = nil }
        }
        return unfinished.union(try commit(steps))
    }

    private func hasEnded(_ run: RunDirectory) -> Bool {
        let hasRecord = AtomicFile.exists(run.exitRecord)
        if run.isAlive {
            if hasRecord { lingering.insert(run) }
            return false
        }
        lingering.remove(run)
        // A shim that was killed leaves no record; the next run begins when its processes are gone.
        return hasRecord || AtomicFile.exists(run.next.path)
    }

    /// Returns the runs whose steps were not written, because somebody else has been there.
    private func commit(_ steps: [(indexer: FileIndexer, step: IndexStep)]) throws(IndexError) -> Set<RunDirectory> {
        if steps.isEmpty { return [] }
        let conflicts = try writer.commit(steps.map(\.step), now: now())
        var again: Set<RunDirectory> = []
        for (indexer, step) in steps {
            if conflicts.contains(where: { $0 === step.file }) {
                files[step.file.run] = nil
                again.insert(step.file.run)
            } else {
                indexer.committed(step)
                for block in step.blocks {
                    taken.bytes += Int64(block.summary.range.count)
                    taken.lines += Int64(block.summary.lines)
                }
            }
        }
        return again
    }

    private func indexers(of run: RunDirectory) throws(IndexError) -> [FileIndexer] {
        if let known = files[run] { return known }
        var indexers: [FileIndexer] = []
        for file in run.logFiles {
            let (position, arrivals) = try writer.position(of: file)
            indexers.append(FileIndexer(file, at: position, arrivals: arrivals, blockSize: blockSize))
        }
        files[run] = indexers
        return indexers
    }
}

/// How much was indexed.
package struct IndexedAmount: Sendable, Hashable {
    package internal(set) var bytes: Int64 = 0
    package internal(set) var lines: Int64 = 0
}

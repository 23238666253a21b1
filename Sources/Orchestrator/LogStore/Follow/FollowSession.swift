import StateDirectory
import SystemPackage

/// What following does, one blocking step at a time. Belongs to one thread.
///
/// Nothing is lost and nothing comes twice: a directory is watched before it is looked at, and what has been read of
/// a file is an offset. Events only say when to look.
final class FollowSession {
    private let selection: LogSelection
    private let filter: LineFilter
    private let watch: DirectoryWatch
    private let now: @Sendable () -> LogTime
    /// For the history.
    private var index: LogIndex?
    /// What was there when following began, unless it has been read.
    private var history: LogLines?
    /// The newest run known of each watched instance.
    private var newest: [InstanceID: Int] = [:]
    private var files: [RunDirectory: [FollowedFile]] = [:]
    /// To be looked at before waiting.
    private var changed: Set<RunDirectory> = []
    /// What is being handed out.
    private var look: FollowLook?
    /// Bytes that retention dropped before they were read, since it was last asked.
    private var skipped: Int64 = 0
    /// How far each stream has been handed out, but for the history.
    private var cursor: LogCursor
    /// The last look at everything has been taken.
    private var isFinishing = false

    /// Sets the watches and notes how long the files are. What is written from now on comes after the history.
    init(layout: StateLayout, query: LogQuery, now: @escaping @Sendable () -> LogTime) throws(LogError) {
        selection = LogSelection(layout: layout, query: query)
        filter = try LineFilter(query)
        cursor = query.after ?? LogCursor()
        watch = try DirectoryWatch(root: layout.runs)
        self.now = now
        guard try watch.add(layout.runs) else { throw .nothingHasRun(layout.runs) }
        // Before the files are measured, see there.
        index = LogReader(layout: layout).openIndex()
        var chains: [[LogExtent]] = []
        for instance in selection.instances {
            _ = try watch.add(layout.runs(of: instance))
            let all = layout.allRuns(of: instance)
            let runs = selection.runs(among: all)
            newest[instance] = all.last?.run ?? 0
            var extents: [LogExtent] = []
            for run in runs { extents += try begin(run, isLast: run == runs.last) }
            for stream in LogStream.allCases { chains.append(extents.filter { $0.file.stream == stream }) }
        }
        history = try LogReader.lines(chains, tail: query.tail, filter: filter, index: index)
    }

    /// Notes the ends of a run's files. Only the last run is followed from there, unless it is over as the others
    /// are. (A free lock alone says nothing: the run may be about to start.)
    private func begin(_ run: RunDirectory, isLast: Bool) throws(LogError) -> [LogExtent] {
        let isOver = AtomicFile.exists(run.exitRecord) && !run.isAlive
        guard isLast, !isOver, try watch.add(run.path) else {
            var extents: [LogExtent] = []
            for file in selection.files(of: run) {
                let all = try LogExtent(all: file)
                if isLast { noteRead(file, upTo: all.limit) }
                guard let start = try selection.start(of: file) else { continue }
                extents.append(try LogExtent(all: file, from: start))
            }
            return extents
        }
        var extents: [LogExtent] = []
        for file in selection.files(of: run) {
            let start = try selection.start(of: file)
            // A cursor may stand within an unfinished line that comes in pieces.
            let whole = max(try file.lineStart(before: try file.size(), first: 0), start ?? 0)
            noteRead(file, upTo: whole)
            if let start {
                extents.append(LogExtent(file, from: start, limit: whole, end: .held))
            }
            files[run, default: []].append(try FollowedFile(file, from: whole, index, filter))
        }
        changed.insert(run)
        return extents
    }

    private func noteRead(_ file: LogFile, upTo offset: Int64) {
        let stream = LogCursor.Stream(instance: file.run.instance, stream: file.stream)
        cursor.positions[stream] = LogCursor.Position(run: file.run.run, offset: offset - 1)
    }

    /// Lines for their reader, with where that stands then and what was dropped before it came there.
    func batch(_ lines: [LogLine]) -> LogBatch {
        defer { skipped = 0 }
        return LogBatch(lines: lines, cursor: position, skipped: skipped)
    }

    /// See ``LogLines/releaseIndex()``.
    func releaseIndex() { history?.releaseIndex() }

    /// Where a reader of everything that was handed out stands.
    var position: LogCursor? {
        guard history == nil else { return nil }
        // While an old run is still being read to its end, one offset cannot say what has been read of the instance.
        return Set(files.keys.map(\.instance)).count == files.count ? cursor : nil
    }

    /// The next lines, at least one. Blocks; empty when `wake` can be read, nil when nothing can come any more: the
    /// one run that was asked for is over.
    func next(wake: Int32) throws(LogError) -> [LogLine]? {
        if let lines = try nextOfHistory() { return lines }
        while true {
            let lines = try readChanged()
            if !lines.isEmpty { return lines }
            if endsWithRun, files.isEmpty { return nil }
            if !changed.isEmpty { continue }
            // A shim that is killed leaves no exit record, and releasing a lock is no event: while a line is
            // unfinished, or the end of the run is the end of all, the lock is asked for now and then.
            let waiting = files.filter { endsWithRun || $0.value.contains { $0.isWaiting } }.keys
            let (changes, isWoken) = watch.wait(wake: wake, milliseconds: waiting.isEmpty ? nil : 1_000)
            changed.formUnion(waiting)
            try note(changes)
            if isWoken { return [] }
        }
    }

    /// What is there and has not been handed out, without waiting for more; nil when that was all.
    func rest() throws(LogError) -> [LogLine]? {
        if let lines = try nextOfHistory() { return lines }
        if !isFinishing {
            isFinishing = true
            try note([.everything])
        }
        while look != nil || !changed.isEmpty {
            let lines = try readChanged()
            if !lines.isEmpty { return lines }
        }
        return nil
    }

    private func nextOfHistory() throws(LogError) -> [LogLine]? {
        let lines = try history?.batch() ?? []
        if history?.isAtEnd ?? true { (history, index) = (nil, nil) }
        return lines.isEmpty ? nil : lines
    }

    /// Whether the end of the followed runs is the end of following.
    private var endsWithRun: Bool {
        if case .number = selection.query.runs { true } else { false }
    }

    /// Finds out what changed, and watches what is new.
    private func note(_ changes: Set<DirectoryWatch.Change>) throws(LogError) {
        for change in changes {
            switch change {
            case .everything:
                changed.formUnion(files.keys)
                try lookForInstances()
                for instance in newest.keys { try lookForRuns(of: instance) }
            case .directory(selection.layout.runs): try lookForInstances()
            case .directory(let path):
                guard let name = path.lastComponent?.string else { continue }
                if let instance = InstanceID(name) {
                    try lookForRuns(of: instance)
                } else if let run = Int(name),
                    let instance = path.removingLastComponent().lastComponent.flatMap({ InstanceID($0.string) })
                {
                    changed.insert(selection.layout.run(run, of: instance))
                }
            }
        }
    }

    private func lookForInstances() throws(LogError) {
        for instance in selection.instances {
            newest[instance] = newest[instance] ?? 0
            _ = try watch.add(selection.layout.runs(of: instance))
            try lookForRuns(of: instance)
        }
    }

    private func lookForRuns(of instance: InstanceID) throws(LogError) {
        guard let known = newest[instance] else { return }
        for run in selection.layout.allRuns(of: instance) where run.run > known {
            newest[instance] = run.run
            if case .number(let number) = selection.query.runs, number != run.run { continue }
            guard try watch.add(run.path) else { continue }
            files[run] = selection.files(of: run).map(FollowedFile.init(new:))
            changed.insert(run)
            // The run before it ended before this one began. Whatever its orphans still say is read now, then let go.
            for old in files.keys where old.instance == instance && old.run < run.run { changed.insert(old) }
        }
    }

    /// The next lines of the look that is under way, or of a new one at the runs that changed; none at its end.
    private func readChanged() throws(LogError) -> [LogLine] {
        var look = if let current = self.look.take() { current } else { try beginLook() }
        let lines = try look.next()
        skipped += look.takeSkipped()
        if look.isOver {
            end(look)
        } else {
            noteRead(lines)
            self.look = look
        }
        return lines
    }

    private func beginLook() throws(LogError) -> FollowLook {
        let time = now()
        var runs: [FollowLook.Run] = []
        var sources: [FollowedFile] = []
        for run in changed.sorted(by: { ($0.instance, $0.run) < ($1.instance, $1.run) }) {
            changed.remove(run)
            // Asked before the files are read: what an ended run has written is then all there.
            guard let followed = files[run] else { continue }
            let isWaiting = followed.contains { $0.isWaiting }
            let isOld = endsWithRun || run.run < newest[run.instance] ?? 0
            let hasEnded = AtomicFile.exists(run.exitRecord) || ((isWaiting || isOld) && !run.isAlive)
            for file in followed where try file.look(filter, now: time, hasEnded: hasEnded) { sources.append(file) }
            runs.append(FollowLook.Run(directory: run, files: followed, isOver: isOld && hasEnded))
        }
        return FollowLook(runs, sources)
    }

    private func end(_ look: FollowLook) {
        for run in look.runs {
            if run.directory.run == newest[run.directory.instance] {
                for file in run.files { noteRead(file.file, upTo: file.offset) }
            }
            if run.isOver, !changed.contains(run.directory) { release(run.directory) }
        }
    }

    /// In the middle of a look each file has been handed out up to its last line among these.
    private func noteRead(_ lines: [LogLine]) {
        var ends: [ObjectIdentifier: LogLine] = [:]
        for line in lines { ends[ObjectIdentifier(line.file)] = line }
        for line in ends.values where line.run == newest[line.instance] { noteRead(line.file, upTo: line.end) }
    }

    private func release(_ run: RunDirectory) {
        files[run] = nil
        watch.remove(run.path)
    }
}

import StateDirectory

/// What retention has dropped of an instance's logs.
package struct DroppedLines: Sendable, Hashable {
    package let instance: InstanceID
    /// The run that lost its beginning; nil for whole runs that were deleted.
    package let run: Int?
    /// How many whole runs.
    package let runs: Int64
    package let lines: Int64
    package let bytes: Int64
}

/// Runs that were deleted behind a reader.
package struct MissedRuns: Sendable, Hashable {
    package let instance: InstanceID
    /// The run that the reader had come to; perhaps it had read all of it.
    package let reached: Int
    /// All up to this one are gone.
    package let last: Int
}

extension LogReader {
    /// What is missing from a query's files because it was dropped: the beginnings of runs, and, for a query of all runs, the
    /// runs that were deleted whole. Who asks for the last lines, or for those since a time, misses nothing.
    /// - Throws: also when there is an index that cannot be read.
    package func dropped(_ query: LogQuery) throws(LogError) -> [DroppedLines] {
        let selection = LogSelection(layout: layout, query: query)
        do {
            guard let index = try LogIndex(layout), query.tail == nil, query.since == nil else { return [] }
            var all: [DroppedLines] = []
            for instance in selection.instances {
                if query.runs == .all, query.after == nil { all += try index.discarded(of: instance) }
                for run in selection.runs(among: layout.allRuns(of: instance)) where try isMissed(run, selection) {
                    all += try index.dropped(of: run)
                }
            }
            return all
        } catch let error as LogError {
            throw error
        } catch {
            throw .index("\(error)")
        }
    }

    /// Runs that a reader at the query's cursor has not read to their end, and that were deleted meanwhile.
    package func missedRuns(_ query: LogQuery) -> [MissedRuns] {
        guard let after = query.after else { return [] }
        return LogSelection(layout: layout, query: query).instances.compactMap { instance in
            guard let reached = after.firstRun(of: instance), let first = layout.allRuns(of: instance).first?.run,
                reached < first
            else { return nil }
            return MissedRuns(instance: instance, reached: reached, last: first - 1)
        }
    }

    /// Whether the beginning of a run is asked for: a cursor may stand behind what was dropped.
    private func isMissed(_ run: RunDirectory, _ selection: LogSelection) throws(LogError) -> Bool {
        for file in run.logFiles {
            if let start = try selection.start(of: file), try start < file.firstOffset() { return true }
        }
        return false
    }
}

extension LogIndex {
    fileprivate func discarded(of instance: InstanceID) throws(IndexError) -> [DroppedLines] {
        try connection.rows("SELECT runs, lines, bytes FROM discarded WHERE instance = ?", .text(instance.description))
        {
            row throws(IndexError) -> DroppedLines? in
            DroppedLines(
                instance: instance, run: nil, runs: row.integer(0), lines: row.integer(1), bytes: row.integer(2))
        }
    }

    fileprivate func dropped(of run: RunDirectory) throws(IndexError) -> [DroppedLines] {
        try connection.rows(
            "SELECT sum(dropped), sum(first) FROM files WHERE instance = ? AND run = ?",
            .text(run.instance.description), .integer(Int64(run.run))
        ) { row throws(IndexError) -> DroppedLines? in
            if row.integer(0) == 0 { return nil }
            return DroppedLines(
                instance: run.instance, run: run.run, runs: 0, lines: row.integer(0), bytes: row.integer(1))
        }
    }
}

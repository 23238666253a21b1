/// One life of an instance, as the supervisor wrote it down.
package struct StoredRun: Sendable, Hashable {
    /// Counted from 1 for each instance.
    package var run: Int
    /// Milliseconds since 1970.
    package var started: Int64
    /// nil while it runs, as far as the daemon knew.
    package var ended: Int64?
    package var exit: ExitStatus?

    package init(run: Int, started: Int64, ended: Int64? = nil, exit: ExitStatus? = nil) {
        self.run = run
        self.started = started
        self.ended = ended
        self.exit = exit
    }
}

extension StateReader {
    /// The newest runs of an instance, the latest first. One that ended while no daemon was there is completed from its
    /// exit record.
    package func runs(of instance: InstanceID, last count: Int) throws(StateError) -> [StoredRun] {
        let stored: [StoredRun] = try read([]) { database throws(StateError) in
            try database.rows(
                "SELECT run, started, ended, exit FROM runs WHERE instance = ? ORDER BY run DESC LIMIT ?",
                [.text(instance.description), .integer(Int64(count))]
            ) { row throws(StateError) -> StoredRun in
                let exit = try row.text(3).map { text throws(StateError) in try Self.decoded(ExitStatus.self, text) }
                return StoredRun(
                    run: Int(row.integer(0) ?? 0), started: row.integer(1) ?? 0, ended: row.integer(2), exit: exit)
            }
        }
        return stored.map { run in
            guard run.ended == nil, let record = layout.run(run.run, of: instance).exit else { return run }
            return StoredRun(run: run.run, started: run.started, ended: record.time, exit: record.status)
        }
    }
}

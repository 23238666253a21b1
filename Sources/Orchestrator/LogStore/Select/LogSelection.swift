import StateDirectory

/// The runs that a query is about, as they are on disk now.
struct LogSelection {
    let layout: StateLayout
    let query: LogQuery

    /// The instances asked for that have runs, in order.
    var instances: [InstanceID] { layout.instances.filter(wants) }

    func wants(_ instance: InstanceID) -> Bool {
        query.services.isEmpty
            || query.services.contains { $0 == instance.service || $0 == instance.description }
    }

    /// Of an instance's runs, oldest first, those that are asked for.
    func runs(among runs: [RunDirectory]) -> [RunDirectory] {
        if let after = query.after {
            guard let first = runs.first.flatMap({ after.firstRun(of: $0.instance) }) else { return runs }
            return runs.filter { $0.run >= first }
        }
        return switch query.runs {
        case .last: runs.suffix(1)
        case .all: runs
        case .number(let number): runs.filter { $0.run == number }
        }
    }

    /// The files of a run that are asked for.
    func files(of run: RunDirectory) -> [LogFile] { run.logFiles.filter { query.streams.contains($0.stream) } }

    /// Where a file is to be read from; nil when it has been.
    func start(of file: LogFile) throws(LogError) -> Int64? {
        guard let after = query.after else { return 0 }
        return try after.start(of: file)
    }

    /// Each stream of each instance, as the files it is made of.
    func chains() -> [[LogFile]] {
        instances.flatMap { instance in
            let files = runs(among: layout.allRuns(of: instance)).flatMap(files(of:))
            return LogStream.allCases.map { stream in files.filter { $0.stream == stream } }.filter { !$0.isEmpty }
        }
    }

    /// Says what of the query is not there, rather than showing nothing.
    func check() throws(LogError) {
        let present = layout.instances
        guard !present.isEmpty else { throw .nothingHasRun(layout.runs) }
        for name in query.services where !present.contains(where: { $0.service == name || $0.description == name }) {
            throw .unknownService(name, known: Array(Set(present.map(\.service))).sorted())
        }
        if case .number(let number) = query.runs {
            let known = Set(instances.flatMap { layout.allRuns(of: $0).map(\.run) })
            if !known.contains(number) { throw .unknownRun(number, known: known.sorted()) }
        }
    }
}

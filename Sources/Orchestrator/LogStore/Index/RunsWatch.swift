import StateDirectory
import SystemPackage

/// Says which runs of a project have something new in their directories. Belongs to one thread.
final class RunsWatch {
    private let layout: StateLayout
    private let watch: DirectoryWatch
    private var newest: [InstanceID: Int] = [:]
    private var runs: Set<RunDirectory> = []
    /// Instances whose runs have come or gone since it was emptied.
    var changedInstances: Set<InstanceID> = []

    init(_ layout: StateLayout) throws {
        self.layout = layout
        try AtomicFile.makeDirectory(layout.runs)
        watch = try DirectoryWatch(root: layout.runs)
        _ = try watch.add(layout.runs)
    }

    /// Every run there is; those that may still be written to are watched from now on.
    func all() throws(LogError) -> Set<RunDirectory> {
        var found: Set<RunDirectory> = []
        for instance in layout.instances { try found.formUnion(newRuns(of: instance)) }
        return found
    }

    /// The runs that changed; waits for the first of them, for so long at most.
    func next(wake: Int32, milliseconds: Int32? = nil) throws(LogError) -> Set<RunDirectory> {
        var changed: Set<RunDirectory> = []
        for change in watch.wait(wake: wake, milliseconds: milliseconds).changes {
            switch change {
            case .everything: try changed.formUnion(all().union(runs))
            case .directory(layout.runs): try changed.formUnion(all())
            case .directory(let path):
                guard let name = path.lastComponent?.string else { continue }
                if let instance = InstanceID(name) {
                    try changed.formUnion(newRuns(of: instance))
                } else if let number = Int(name),
                    let instance = path.removingLastComponent().lastComponent.flatMap({ InstanceID($0.string) })
                {
                    let run = layout.run(number, of: instance)
                    changed.insert(run)
                    // Whatever else happens there is not written by a service.
                    if AtomicFile.exists(run.exitRecord) { release(run) }
                }
            }
        }
        return changed
    }

    private func newRuns(of instance: InstanceID) throws(LogError) -> Set<RunDirectory> {
        var found: Set<RunDirectory> = []
        changedInstances.insert(instance)
        _ = try watch.add(layout.runs(of: instance))
        for run in layout.allRuns(of: instance) where run.run > newest[instance] ?? 0 {
            newest[instance] = run.run
            found.insert(run)
            // Of the runs before it one may have lost its shim, without an exit record; it is over now.
            for old in runs where old.instance == instance && old.run < run.run {
                found.insert(old)
                release(old)
            }
            if AtomicFile.exists(run.exitRecord) { continue }
            if try watch.add(run.path) { runs.insert(run) }
        }
        return found
    }

    private func release(_ run: RunDirectory) {
        runs.remove(run)
        watch.remove(run.path)
    }
}

import Manifest
import ProcessTable
import StateDirectory
import SystemPackage

/// What a project holds while it runs; taken before `down`, to look for it afterwards.
struct ProjectFootprint {
    /// Every process that is known as the project's: by its run's tree or by its mark. One that has cleared its environment
    /// and left its session is known by this only.
    var processes: [Int32: Known] = [:]
    /// The sessions of the runs, by their number; each was led by its run's shim.
    var sessions: [Int32: Known] = [:]
    /// That the project declares or had.
    var ports: Set<UInt16> = []
    /// Unix sockets that services have been handed.
    var sockets: [FilePath] = []

    struct Known: Hashable {
        /// Tells it from another that gets its number later.
        let startTicks: UInt64
        /// `web.1/4`, or what else it is.
        let owner: String
    }

    /// - Parameter services: only what belongs to these; everything, the daemon too, for none.
    static func read(_ layout: StateLayout, services: [String]) throws(CommandFailure) -> ProjectFootprint {
        let reader = StateReader(layout: layout)
        var footprint = ProjectFootprint()
        let isWanted: (String) -> Bool = { services.isEmpty || services.contains($0) }
        let statuses = try CommandFailure.reading { () throws(StateError) in try reader.statuses() }
            .filter { isWanted($0.instance.service) }
        footprint.ports = Set(statuses.compactMap(\.port))
        for status in statuses { footprint.add(layout.run(status.run, of: status.instance)) }
        for process in ProcessTable.marked(by: layout.root) where isWanted(process.service) {
            footprint.add(process.pid, process.run)
        }
        if services.isEmpty, FileLock.isHeld(layout.daemonShimLock),
            let daemon = ShimProcesses(lock: layout.daemonShimLock)
        {
            for pid in ProcessTable.tree(of: daemon.shim) { footprint.add(pid, "msctld") }
        }
        let project = try CommandFailure.reading { () throws(StateError) in try reader.project() }
        for service in project?.services ?? [] where isWanted(service.name) { footprint.add(service, layout) }
        return footprint
    }

    private mutating func add(_ run: RunDirectory) {
        guard run.isAlive, let shim = run.processes?.shim else { return }
        let owner = "\(run.instance)/\(run.run)"
        for pid in ProcessTable.tree(of: shim) { add(pid, owner) }
        sessions[shim] = processes[shim]
    }

    private mutating func add(_ pid: Int32, _ owner: String) {
        guard processes[pid] == nil, let stat = ProcessTable.stat(of: pid), stat.state != "Z" else { return }
        processes[pid] = Known(startTicks: stat.startTicks, owner: owner)
    }

    private mutating func add(_ service: Service, _ layout: StateLayout) {
        for case .fixed(let port) in service.ports { ports.insert(port) }
        for socket in service.sockets {
            switch socket.address {
            case .ownPort, .port(.auto): break
            case .port(.fixed(let port)): ports.insert(port)
            case .unix(let path):
                let data = layout.data(of: service.name).string
                sockets.append(FilePath(path.replacing("${MSCTL_DATA_DIR}", with: data)))
            }
        }
    }
}

extension MarkedProcess {
    var service: String { InstanceID(instance)?.service ?? instance }
}

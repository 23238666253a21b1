import Manifest
import ProcessTable
import StateDirectory

/// What `status` shows: everything it takes is read from the state directory and from /proc, nothing from the daemon.
struct StatusReport {
    struct Row {
        let status: InstanceStatus
        /// Of the service's whole process tree; nil when it does not run.
        let usage: ProcessUsage?
    }

    let project: String
    let daemon: DaemonPresence
    let rows: [Row]
    /// The last results of each instance's probes, newest first.
    let probes: [InstanceID: [ProbeReport]]

    init(project: String, daemon: DaemonPresence, rows: [Row], probes: [InstanceID: [ProbeReport]] = [:]) {
        self.project = project
        self.daemon = daemon
        self.rows = rows
        self.probes = probes
    }

    /// - Parameters:
    ///   - services: names of services or of instances; empty for all.
    ///   - withProbes: read the results of probes too, which only JSON shows.
    static func read(
        _ layout: StateLayout, services: [String], withProbes: Bool = true
    ) throws(CommandFailure) -> StatusReport {
        let reader = StateReader(layout: layout)
        let statuses = try CommandFailure.reading { () throws(StateError) in try reader.statuses() }
        // The whole project of a thousand services is a megabyte: only read when there is a name to be checked.
        if !services.isEmpty { try KnownNames.read(layout).check(services) }
        let project = try CommandFailure.reading { () throws(StateError) in try reader.projectName() }
        let wanted = statuses.filter { services.means($0.instance) }
        return StatusReport(
            project: project ?? layout.directoryName,
            daemon: reader.daemon(),
            rows: wanted.map { Row(status: $0, usage: $0.pid.flatMap { ProcessTable.usage(ofTree: $0) }) },
            probes: withProbes ? try CommandFailure.reading { () throws(StateError) in try reader.probes() } : [:])
    }

    /// What a watch has told, of the services or instances named; all for no names.
    static func of(
        _ watched: WatchedInstances, _ names: [String], _ layout: StateLayout
    ) throws(CommandFailure) -> StatusReport {
        let reader = StateReader(layout: layout)
        let project = try CommandFailure.reading { () throws(StateError) in try reader.projectName() }
        let statuses = watched.statuses.values.filter { names.means($0.instance) }
            .sorted { $0.instance < $1.instance }
        return StatusReport(
            project: project ?? layout.directoryName, daemon: reader.daemon(),
            rows: statuses.map { Row(status: $0, usage: $0.pid.flatMap { ProcessTable.usage(ofTree: $0) }) })
    }

    var isAnythingRunning: Bool {
        rows.contains { $0.status.state.isAlive || $0.status.state == .waiting || $0.status.state == .backoff }
    }
}

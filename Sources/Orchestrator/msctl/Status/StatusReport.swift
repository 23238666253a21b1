import LogStore
import Manifest
import ProcessTable
import StateDirectory

/// What `status` shows: everything it takes is read from the state directory and from /proc, nothing from the daemon.
struct StatusReport {
    struct Row {
        let status: InstanceStatus
        /// Of the service's whole process tree; nil when it does not run.
        var usage: ProcessUsage?
        /// nil when there is no index of logs.
        var logs: LogMeter.Reading?

        init(status: InstanceStatus, usage: ProcessUsage? = nil, logs: LogMeter.Reading? = nil) {
            self.status = status
            self.usage = usage
            self.logs = logs
        }
    }

    let project: String
    let daemon: DaemonPresence
    var rows: [Row]
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
            rows: rows(wanted, layout),
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
            rows: rows(statuses, layout))
    }

    private static func rows(_ statuses: [InstanceStatus], _ layout: StateLayout) -> [Row] {
        let meter = meter(layout)
        return statuses.map { status in
            Row(
                status: status, usage: status.pid.flatMap { ProcessTable.usage(ofTree: $0) },
                logs: meter[status.instance])
        }
    }

    /// Five whole minutes and the one that is under way.
    private static func meter(_ layout: StateLayout) -> LogMeter {
        let minute = LogMeter.Minute.number(ofMilliseconds: TimeText.nowMilliseconds)
        // What runs is told also when the index cannot be read: it is derived, and msctld makes a broken one anew.
        return (try? LogMeter.read(layout, fromMinute: minute - 5)) ?? LogMeter(nil)
    }

    var isAnythingRunning: Bool {
        rows.contains { $0.status.state.isAlive || $0.status.state == .waiting || $0.status.state == .backoff }
    }
}

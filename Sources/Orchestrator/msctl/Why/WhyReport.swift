import Manifest
import StateDirectory

/// What `why` answers: read from the state directory, the logs and /proc, nothing from the daemon.
struct WhyReport {
    let project: String
    let daemon: DaemonPresence
    let diagnoses: [Diagnosis]
    /// Instances that were asked for and of which there is nothing to explain.
    let well: [InstanceStatus]

    /// - Parameter services: names of services or of instances; empty for all that are unwell.
    static func read(_ layout: StateLayout, services: [String]) throws(CommandFailure) -> WhyReport {
        let reader = StateReader(layout: layout)
        let project = try CommandFailure.reading { () throws(StateError) in try reader.project() }
        let all = try CommandFailure.reading { () throws(StateError) in try reader.wholeStatuses() }
        guard !all.isEmpty else { throw .nothingRunning("nothing is running", hint: "msctl up") }
        try KnownNames(project, instances: all.map(\.instance), layout: layout).check(services)
        var diagnoses: [Diagnosis] = []
        var well: [InstanceStatus] = []
        for status in all where services.means(status.instance) {
            let isUnwell = status.isUnwell(project?[service: status.instance.service])
            guard isUnwell || !services.isEmpty && status.state == .stopped else {
                well.append(status)
                continue
            }
            diagnoses.append(try Diagnosis(Cause(of: status, among: all, in: project), in: project, layout))
        }
        return WhyReport(
            project: project?.name ?? "", daemon: reader.daemon(), diagnoses: diagnoses,
            well: services.isEmpty ? [] : well)
    }
}

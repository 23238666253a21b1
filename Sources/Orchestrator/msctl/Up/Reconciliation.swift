import ControlAPI
import Manifest
import StateDirectory

/// Waits until every instance of a change is ready, or one has failed.
struct Reconciliation {
    let project: Project
    let instances: [InstanceID]
    /// Runs that were there before the change and do not count; by `restart` only.
    var formerRuns: [InstanceID: Int] = [:]

    enum Outcome {
        case ready([InstanceStatus])
        /// Those that failed, and how far the others are.
        case failed([InstanceStatus])
    }

    /// nil while it is not decided.
    func outcome(_ watched: WatchedInstances) -> Outcome? {
        let verdicts = instances.map { ($0, verdict(watched[$0])) }
        let failed = verdicts.filter { $0.1 == .failed }.compactMap { watched[$0.0] }
        if !failed.isEmpty { return .failed(failed) }
        guard verdicts.allSatisfy({ $0.1 == .ready }) else { return nil }
        return .ready(instances.compactMap { watched[$0] })
    }

    /// Those that are not ready yet.
    func pending(_ watched: WatchedInstances) -> [InstanceStatus] {
        instances.filter { verdict(watched[$0]) != .ready }.compactMap { watched[$0] }
    }

    private func verdict(_ status: InstanceStatus?) -> Verdict {
        guard let status else { return .pending }
        if let former = formerRuns[status.instance], status.run <= former, status.state.isAlive || !status.settled {
            return .pending
        }
        return Verdict(status, of: project[service: status.instance.service])
    }
}

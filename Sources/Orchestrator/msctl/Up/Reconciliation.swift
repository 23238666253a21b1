import ControlAPI
import Manifest
import StateDirectory

/// Waits until every instance of a change is ready, every rollout over and every surplus instance gone, or until one of
/// them has failed.
struct Reconciliation {
    let project: Project
    let instances: [InstanceID]
    /// Runs that were there before the change and do not count; by `restart` only.
    var formerRuns: [InstanceID: Int] = [:]
    /// Whether rollouts of its services are its own; a change in numbers begins none.
    var countsRollouts = true
    // Asked for each of a thousand instances with each of their changes, so not looked for in lists.
    private let ids: Set<InstanceID>
    private let services: Set<String>
    private let definitions: [String: Service]

    init(
        project: Project, instances: [InstanceID], formerRuns: [InstanceID: Int] = [:], countsRollouts: Bool = true
    ) {
        self.project = project
        self.instances = instances
        self.formerRuns = formerRuns
        self.countsRollouts = countsRollouts
        ids = Set(instances)
        services = Set(instances.map(\.service))
        definitions = Dictionary(project.services.map { ($0.name, $0) }) { $1 }
    }

    enum Outcome {
        case ready([InstanceStatus])
        /// Those that failed.
        case failed([InstanceStatus])
        /// Their services go on as they were.
        case notReplaced([Rollout])
        /// Somebody else has taken these down.
        case takenDown([InstanceID])
    }

    /// nil while it is not decided.
    func outcome(_ watched: WatchedInstances) -> Outcome? {
        let gone = instances.filter { watched[$0] == nil }
        if !gone.isEmpty { return .takenDown(gone) }
        let rollouts = rollouts(watched)
        let notReplaced = rollouts.filter { $0.failure != nil }
        // Settled comes after the failure; a rollout that another one has taken the place of is never both.
        let final = notReplaced.filter { isSettled($0.service, watched) }
        if !final.isEmpty { return .notReplaced(final) }
        let failed = failed(watched).filter { status in
            !notReplaced.contains { $0.service == status.instance.service }
        }
        if !failed.isEmpty { return .failed(failed) }
        guard instances.allSatisfy({ verdict(watched[$0]) == .ready }), notReplaced.isEmpty,
            !rollouts.contains(where: \.isUnderWay), surplus(watched).isEmpty
        else { return nil }
        return .ready(instances.compactMap { watched[$0] })
    }

    /// Those that will not become ready by themselves.
    func failed(_ watched: WatchedInstances) -> [InstanceStatus] {
        instances.filter { verdict(watched[$0]) == .failed }.compactMap { watched[$0] }
    }

    /// Those that are not ready yet, and those that are not gone yet.
    func pending(_ watched: WatchedInstances) -> [InstanceStatus] {
        instances.filter { verdict(watched[$0]) != .ready }.compactMap { watched[$0] } + surplus(watched)
    }

    /// Of the services that the change is about, in their order.
    func rollouts(_ watched: WatchedInstances) -> [Rollout] {
        guard countsRollouts else { return [] }
        return watched.rollouts.values.filter { services.contains($0.service) }.sorted { $0.service < $1.service }
    }

    /// Replicas beyond the number wanted, and instances of services that the manifests no longer name.
    private func surplus(_ watched: WatchedInstances) -> [InstanceStatus] {
        watched.statuses.values.filter { status in
            let id = status.instance
            return status.leaving && !status.isSurge && !ids.contains(id)
                && (services.contains(id.service) || definitions[id.service]?.replicas ?? 0 == 0)
        }.sorted { $0.instance < $1.instance }
    }

    private func isSettled(_ service: String, _ watched: WatchedInstances) -> Bool {
        instances.filter { $0.service == service }.allSatisfy { watched[$0]?.settled == true }
    }

    private func verdict(_ status: InstanceStatus?) -> Verdict {
        guard let status else { return .pending }
        if let former = formerRuns[status.instance], status.run <= former, status.state.isAlive || !status.settled {
            return .pending
        }
        return Verdict(status, of: definitions[status.instance.service])
    }
}

import Manifest
import StateDirectory

/// Why an instance is not well: what it waits for, and what that waits for, down to what is wrong with itself.
struct Cause {
    /// One service waited for.
    struct Link {
        let dependency: Dependency
        /// The instance that holds things up; nil when the service has none.
        let instance: InstanceStatus?
    }
    let status: InstanceStatus
    /// Nearest first; empty when nothing is waited for. The last one is the root.
    let chain: [Link]

    /// The instance with which something is wrong; nil when it is that there is none.
    var root: InstanceStatus? { chain.isEmpty ? status : chain.last?.instance }

    init(of status: InstanceStatus, among statuses: [InstanceStatus], in project: Project?) {
        self.status = status
        var chain: [Link] = []
        var seen: Set<InstanceID> = [status.instance]
        var last = status
        while last.state == .waiting || last.state == .skipped,
            let link = Self.obstacle(to: last.instance.service, among: statuses, in: project)
        {
            chain.append(link)
            guard let next = link.instance, seen.insert(next.instance).inserted else { break }
            last = next
        }
        self.chain = chain
    }

    /// What keeps a service from starting: a dependency that has failed rather than one that takes its time.
    private static func obstacle(
        to service: String, among statuses: [InstanceStatus], in project: Project?
    ) -> Link? {
        var slow: Link?
        for dependency in project?[service: service]?.dependsOn ?? [] {
            let policy = project?[service: dependency.service]?.restart ?? RestartPolicy()
            let instances = statuses.filter { $0.instance.service == dependency.service && !$0.leaving }
            if instances.isEmpty, dependency.required { return Link(dependency: dependency, instance: nil) }
            for instance in instances where !dependency.isMet(by: instance, policy) {
                let link = Link(dependency: dependency, instance: instance)
                if dependency.required, instance.isStuck { return link }
                slow = slow ?? link
            }
        }
        return slow
    }
}

extension Dependency {
    /// As the supervisor judges it.
    fileprivate func isMet(by status: InstanceStatus, _ policy: RestartPolicy) -> Bool {
        let isDone = status.state == .exited && status.exit.map(policy.isSuccess) == true
        return switch condition {
        case .started: isDone || (status.state.isAlive && status.pid != nil)
        case .healthy: status.health == .healthy
        case .completedSuccessfully: isDone
        }
    }
}

extension InstanceStatus {
    /// It will not become what others wait for unless something changes.
    fileprivate var isStuck: Bool {
        switch state {
        case .crashLooping, .failed, .skipped, .exited, .stopped: true
        case .running, .starting: health == .unhealthy
        case .waiting, .stopping, .backoff: false
        }
    }

    /// There is something to explain. What somebody has stopped, and a job that is done, are as they should be.
    func isUnwell(_ service: Service?) -> Bool {
        switch state {
        case .running: !isReady
        case .waiting, .starting, .backoff, .crashLooping, .failed, .skipped: true
        case .stopping: wanted
        case .stopped: false
        case .exited:
            exit.map((service?.restart ?? RestartPolicy()).isSuccess) != true || service?.isJob == false
        }
    }
}

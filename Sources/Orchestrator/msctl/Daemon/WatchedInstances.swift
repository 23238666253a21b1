import ControlAPI
import StateDirectory

/// The status of every instance, and every rollout that counts, as far as the watch stream has told it.
struct WatchedInstances: Sendable {
    private(set) var statuses: [InstanceID: InstanceStatus] = [:]
    /// The last one of each service that had one since it was last asked for.
    private(set) var rollouts: [String: Rollout] = [:]
    /// Of each extra instance of a rollout what it was before it was told to stop, kept when it is gone.
    private(set) var surges: [InstanceID: InstanceStatus] = [:]
    /// Whether all of one connection's first lines have come; before that nothing is to be concluded.
    private(set) var isComplete = false

    enum Change: Sendable, Hashable {
        case changed(InstanceStatus)
        case removed(InstanceID)
        case rollout(Rollout)
    }

    /// A new connection tells everything anew.
    mutating func begin() {
        rollouts = [:]
        isComplete = false
    }

    /// Takes a line in and returns what has changed by it.
    mutating func apply(_ line: WatchLine) -> [Change] {
        switch line {
        case .all(let all):
            isComplete = true
            for status in all { remember(status) }
            let gone = Set(statuses.keys).subtracting(all.map(\.instance))
            let removed = gone.sorted().map { Change.removed($0) }
            let changed = all.filter { statuses[$0.instance] != $0 }.map { Change.changed($0) }
            statuses = Dictionary(all.map { ($0.instance, $0) }) { $1 }
            return removed + changed
        case .changed(let status):
            remember(status)
            guard statuses.updateValue(status, forKey: status.instance) != status else { return [] }
            return [.changed(status)]
        case .removed(let instance):
            return statuses.removeValue(forKey: instance) == nil ? [] : [.removed(instance)]
        case .rollout(let rollout):
            guard rollouts.updateValue(rollout, forKey: rollout.service) != rollout else { return [] }
            return [.rollout(rollout)]
        }
    }

    private mutating func remember(_ status: InstanceStatus) {
        guard status.isSurge else { return }
        let isOnItsWayOut = status.state == .stopping || status.state == .stopped
        if !isOnItsWayOut || surges[status.instance] == nil { surges[status.instance] = status }
    }

    subscript(instance: InstanceID) -> InstanceStatus? { statuses[instance] }
}

import ControlAPI
import StateDirectory

/// The status of every instance as far as the watch stream has told it.
struct WatchedInstances: Sendable {
    private(set) var statuses: [InstanceID: InstanceStatus] = [:]

    /// Takes a line in and returns what has changed by it.
    mutating func apply(_ line: WatchLine) -> [Change] {
        switch line {
        case .all(let all):
            let gone = Set(statuses.keys).subtracting(all.map(\.instance))
            let removed = gone.sorted().map { Change.removed($0) }
            let changed = all.filter { statuses[$0.instance] != $0 }.map { Change.changed($0) }
            statuses = Dictionary(all.map { ($0.instance, $0) }) { $1 }
            return removed + changed
        case .changed(let status):
            guard statuses.updateValue(status, forKey: status.instance) != status else { return [] }
            return [.changed(status)]
        case .removed(let instance):
            return statuses.removeValue(forKey: instance) == nil ? [] : [.removed(instance)]
        case .rollout:
            return []
        }
    }

    subscript(instance: InstanceID) -> InstanceStatus? { statuses[instance] }

    enum Change: Sendable, Hashable {
        case changed(InstanceStatus)
        case removed(InstanceID)
    }
}

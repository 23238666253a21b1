import Manifest
import StateDirectory

/// Whether a service may start, by Compose's conditions on the services it depends on.
package enum DependencyVerdict: Sendable, Hashable {
    case met
    /// What it waits for, as a sentence.
    case waiting(String)
    /// What has failed, as a sentence.
    case failed(String)

    /// What is known of one instance of a dependency.
    package struct Neighbour: Sendable {
        package var instance: InstanceID
        package var state: InstanceState
        package var health: InstanceHealth
        /// It has ended as it was meant to.
        package var hasSucceeded: Bool
        package var wanted: Bool
        /// Its process has been launched and has not ended.
        package var hasProcess: Bool

        package init(
            instance: InstanceID, state: InstanceState, health: InstanceHealth, hasSucceeded: Bool, wanted: Bool,
            hasProcess: Bool
        ) {
            self.instance = instance
            self.state = state
            self.health = health
            self.hasSucceeded = hasSucceeded
            self.wanted = wanted
            self.hasProcess = hasProcess
        }
    }

    /// The verdict over all dependencies: a failure outweighs waiting. `neighbours` gives the instances of a service, none
    /// when it is not part of what runs.
    package static func of(
        _ dependencies: [Dependency], neighbours: (String) -> [Neighbour]
    ) -> DependencyVerdict {
        var verdict = DependencyVerdict.met
        for dependency in dependencies {
            let instances = neighbours(dependency.service)
            if instances.isEmpty, dependency.required {
                return .failed("\(dependency.service) is not running; start it too")
            }
            for instance in instances {
                switch judge(instance, dependency.condition) {
                case .met: break
                case .failed where !dependency.required: break
                case .failed(let why): return .failed(why)
                case .waiting(let what): if verdict == .met { verdict = .waiting(what) }
                }
            }
        }
        return verdict
    }

    private static func judge(_ neighbour: Neighbour, _ condition: Dependency.Condition) -> DependencyVerdict {
        let name = neighbour.instance.service
        switch (condition, neighbour.state) {
        case (.completedSuccessfully, .exited):
            return neighbour.hasSucceeded ? .met : .failed("\(name) failed")
        case (_, .failed), (_, .crashLooping), (_, .skipped):
            return .failed("\(name) is \(neighbour.state.rawValue)")
        case (_, .stopped), (_, .stopping):
            return neighbour.wanted ? .waiting("waiting for \(name)") : .failed("\(name) is stopped")
        case (.started, .exited), (.healthy, .exited):
            return condition == .started && neighbour.hasSucceeded ? .met : .failed("\(name) has exited")
        case (.completedSuccessfully, _):
            return .waiting("waiting for \(name) to complete")
        case (.started, _):
            return neighbour.hasProcess ? .met : .waiting("waiting for \(name) to start")
        case (.healthy, _):
            if neighbour.health == .healthy { return .met }
            if neighbour.health == .unhealthy { return .failed("\(name) is unhealthy") }
            return .waiting("waiting for \(name) to be healthy")
        }
    }
}

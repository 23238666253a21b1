import Manifest

/// What of a service's definition a running process cannot take over: each difference is a reason to replace it. The rest
/// (replicas, dependencies, restart and update policy, log retention, watch rules, how it is built) takes effect at once.
enum ServiceDifference {
    /// One sentence for each difference; empty when the process may stay.
    static func between(_ old: Service, _ new: Service) -> [String] {
        var reasons: [String] = []
        func compare<Value: Equatable>(_ what: String, _ value: (Service) -> Value) {
            if value(old) != value(new) { reasons.append("\(what) changed") }
        }
        compare("command") { $0.command }
        compare("working_dir") { $0.workingDirectory }
        reasons += environment(old.environment, new.environment)
        compare("ports") { $0.ports }
        compare("sockets") { $0.sockets }
        compare("secrets") { $0.secrets }
        compare("user") { $0.user }
        compare("group_add") { $0.groups }
        compare("umask") { $0.umask }
        compare("limits") { $0.limits }
        compare("startup") { $0.startup }
        compare("healthcheck") { $0.healthcheck }
        compare("liveness") { $0.liveness }
        compare("stop_signal") { $0.stopSignal }
        compare("stop_grace_period") { $0.stopGracePeriod }
        return reasons
    }

    /// Names only: values may be secret.
    private static func environment(_ old: [String: String], _ new: [String: String]) -> [String] {
        Set(old.keys).union(new.keys).sorted().compactMap { name in
            switch (old[name], new[name]) {
            case (let a, let b) where a == b: nil
            case (nil, _): "environment \(name) added"
            case (_, nil): "environment \(name) removed"
            default: "environment \(name) changed"
            }
        }
    }
}

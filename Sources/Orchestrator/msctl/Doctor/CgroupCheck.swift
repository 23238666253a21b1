import Manifest
import ProcessTable

/// Whether runs get control groups of their own, and the limits that only those can enforce.
enum CgroupCheck {
    static func finding(_ project: Project?) -> Finding {
        guard let shortcoming = CgroupPlace.shortcoming else {
            return .ok("control groups", "each run has one, with limits of memory, processes and processors")
        }
        let limited = (project?.services ?? []).filter { service in
            service.limits.memoryBytes != nil || service.limits.pids != nil || service.limits.cpus != nil
        }
        guard limited.isEmpty else {
            return .warn(
                "control groups", shortcoming,
                "until then limits of \(limited.map(\.name).joined(separator: ", ")) are not enforced, as status says")
        }
        return .ok("control groups", "no service asks for a limit that needs more; \(shortcoming)")
    }
}

import StateDirectory

/// What the supervisor knows of an instance that metrics tell.
package struct InstanceReading: Sendable {
    package var status: InstanceStatus
    /// Whether one of its probes says that it is healthy or not.
    package var hasHealth: Bool
    /// By kind; those that have answered.
    package var probes: [ProbeReport.Kind: ProbeTally]

    package init(status: InstanceStatus, hasHealth: Bool = false, probes: [ProbeReport.Kind: ProbeTally] = [:]) {
        self.status = status
        self.hasHealth = hasHealth
        self.probes = probes
    }
}

extension Supervisor {
    /// Every instance, in order.
    package func readings() -> [InstanceReading] {
        statuses().compactMap { status in
            guard let instance = instances[status.instance] else { return nil }
            let rules = instance.machine.rules
            return InstanceReading(
                status: status, hasHealth: rules.hasStartup || rules.hasReadiness, probes: instance.tallies)
        }
    }
}

import Manifest
import StateDirectory

/// What the supervisor holds of one instance beside its state machine: the run it has now, and what is under way for it.
struct Instance {
    let id: InstanceID
    var service: Service {
        didSet { machine.rules = service.machineRules }
    }
    var machine: InstanceMachine
    /// The current or last run; 0 before the first.
    var run = 0
    /// The run's own; nil when it is not running or an older daemon started it and left no readable spec.
    var spec: LaunchSpec?
    var shim: Shim?
    var pid: Int32?
    var probe: ProbeReport?
    /// When the machine's state was entered, ms since 1970.
    var since: Int64
    /// Forget it once it has ended.
    var leaving = false
    var probes: [Task<Void, Never>] = []
    var pause: Task<Void, Never>?
    /// What watchers and state.db know.
    var published: InstanceStatus?

    init(id: InstanceID, service: Service, since: Int64) {
        self.id = id
        self.service = service
        self.since = since
        machine = InstanceMachine(rules: service.machineRules)
    }

    func status(isToStop: Bool) -> InstanceStatus {
        var status = InstanceStatus(instance: id, state: machine.state, since: since)
        status.run = run
        status.health = machine.health
        status.awaits = machine.awaits
        status.pid = pid
        status.port = spec?.port
        status.restarts = machine.restarts
        status.exit = machine.exit
        status.reason = machine.reason
        status.probe = probe
        status.wanted = machine.wanted
        status.leaving = leaving
        status.settled = machine.isSettled && !isToStop
        return status
    }
}

extension Service {
    var machineRules: InstanceMachine.Rules {
        InstanceMachine.Rules(
            restart: restart, hasStartup: startup != nil, hasReadiness: healthcheck != nil,
            hasLiveness: liveness != nil)
    }
}

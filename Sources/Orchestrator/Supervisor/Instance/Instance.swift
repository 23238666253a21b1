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
    /// What its probes said last.
    var answers = ProbeBoard()
    /// What its probes have come to since the daemon began, whatever the run.
    var tallies: [ProbeReport.Kind: ProbeTally] = [:]
    /// Of this run, what its owner should know beside its state.
    var remark: String?
    /// When the machine's state was entered, ms since 1970.
    var since: Int64
    /// Forget it once it has ended.
    var leaving = false
    /// It carries the load while the others of its service are replaced.
    var isSurge = false
    var drain = Drain.none
    /// The probes that run, by their numbers in the ``ProbeEngine``.
    var probes: [Int] = []
    var pause: Task<Void, Never>?
    /// When the pause is over, ms since 1970.
    var nextStart: Int64?
    /// What watchers and state.db know.
    var published: InstanceStatus?

    /// Where an instance is on its way out of endpoints.json before it is stopped.
    enum Drain {
        case none, underWay, over
    }

    init(id: InstanceID, service: Service, since: Int64) {
        self.id = id
        self.service = service
        self.since = since
        machine = InstanceMachine(rules: service.machineRules)
    }

    /// - Parameters:
    ///   - stop: what it has been told and has not done yet.
    ///   - isChanging: it is to be replaced.
    func status(stop: StopIntent?, isChanging: Bool) -> InstanceStatus {
        var status = InstanceStatus(instance: id, state: machine.state, since: since)
        status.run = run
        status.health = machine.health
        status.awaits = machine.awaits
        status.pid = pid
        status.port = spec?.port
        status.restarts = machine.restarts
        status.exit = machine.exit
        status.nextStart = machine.state == .backoff || machine.state == .crashLooping ? nextStart : nil
        status.reason = remark.map { remark in machine.reason.map { "\($0); \(remark)" } ?? remark } ?? machine.reason
        status.probe = answers.shown
        status.wanted = machine.wanted
        status.leaving = leaving
        status.settled = machine.isSettled && stop == nil && !isChanging
        status.isSurge = isSurge
        status.stop = stop
        status.launchedAt = machine.launchedAt
        status.recentRestarts = machine.budget.recent
        status.restartStreak = machine.budget.streak
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

import ControlAPI
import Glibc
import Manifest
import StateDirectory

/// Asks the daemon for a change and follows it to its end, for `up`, `start`, `restart` and `scale`.
struct UpRun {
    let project: Project
    let layout: StateLayout
    let console: Console
    let control: ControlClient
    let timeout: Duration
    /// Whether progress may be redrawn in place; not when log lines come between.
    var redraws = true

    struct Result {
        let statuses: [InstanceStatus]
        /// Nothing was started: everything ran as wanted already.
        let isUnchanged: Bool
    }

    /// The named services and what they need; all for no names.
    ///
    /// - Parameter attachedTo: the process whose end takes everything down.
    func up(_ services: [String], attachedTo: ProcessReference? = nil) async throws(CommandFailure) -> Result {
        let before = try statuses()
        let accepted = try await control.up(
            UpRequest(project: project, services: services, attachedTo: attachedTo))
        return try await result(of: accepted.instances, before: before)
    }

    /// The number of replicas of these services as ``project`` has it.
    func scale(_ services: [String]) async throws(CommandFailure) -> Result {
        let before = try statuses()
        var replicas: [String: Int] = [:]
        for name in services { replicas[name] = project[service: name]?.replicas }
        _ = try await control.scale(ScaleRequest(replicas: replicas))
        let wanted = replicas.keys.sorted().flatMap { service in
            (0..<(replicas[service] ?? 0)).map { InstanceID(service: service, replica: $0 + 1) }
        }
        return try await result(of: wanted, before: before, countsRollouts: false)
    }

    private func result(
        of instances: [InstanceID], before: [InstanceStatus], countsRollouts: Bool = true
    ) async throws(CommandFailure) -> Result {
        let reconciliation = Reconciliation(
            project: project, instances: instances, countsRollouts: countsRollouts)
        let ready = try await follow(reconciliation, before: before)
        let isUnchanged = ready.allSatisfy { status in
            before.contains { $0.instance == status.instance && $0.run == status.run && $0.settled }
        }
        let isSurplus: (InstanceStatus) -> Bool = { status in
            status.instance.replica > project[service: status.instance.service]?.replicas ?? 0
        }
        return Result(statuses: ready, isUnchanged: isUnchanged && !before.contains(where: isSurplus))
    }

    func restart(_ services: [String], grace: Duration?) async throws(CommandFailure) -> Result {
        let before = try statuses()
        let runs = Dictionary(before.map { ($0.instance, $0.run) }) { $1 }
        let accepted = try await control.restart(
            RestartRequest(
                project: project, services: services,
                graceMilliseconds: grace.map { Int($0 / .milliseconds(1)) },
                id: "\(getpid()).\(UInt64.random(in: 0 ... .max))"))
        let reconciliation = Reconciliation(
            project: project, instances: accepted.instances, formerRuns: runs)
        return Result(statuses: try await follow(reconciliation, before: before), isUnchanged: false)
    }

    private func statuses() throws(CommandFailure) -> [InstanceStatus] {
        try CommandFailure.reading { () throws(StateError) in try StateReader(layout: layout).statuses() }
    }

    private func follow(
        _ reconciliation: Reconciliation, before: [InstanceStatus]
    ) async throws(CommandFailure) -> [InstanceStatus] {
        var progress = UpProgress(
            reconciliation.instances, before: before, console: console, redraws: redraws)
        var last = WatchedInstances()
        let ending = try await InstanceWatch(control: control, layout: layout).follow(for: timeout) {
            watched, changes in
            progress.show(changes)
            last = watched
            return reconciliation.outcome(watched)
        }
        switch ending {
        case .outcome(.ready(let statuses)):
            return statuses
        case .outcome(.failed(let failed)):
            throw failure(failed)
        case .outcome(.notReplaced(let rollouts)):
            throw failure(rollouts, reconciliation, last)
        case .outcome(.takenDown(let gone)):
            throw .failed(
                "somebody else has taken \(gone.map(\.description).joined(separator: ", ")) down meanwhile",
                hint: "msctl status")
        case .timedOut:
            let pending = reconciliation.pending(last)
            throw .timedOut(
                "\(names(pending)) \(pending.count == 1 ? "is" : "are") not ready after \(TimeText.elapsed(timeout))",
                hint: "they go on starting; see 'msctl status', or wait longer with --wait-timeout",
                details: reconciliation.rollouts(last).filter(\.isUnderWay).map {
                    "\($0.service)  \($0.words(of: $0.unfinished))"
                } + pending.flatMap { FailureBlock.lines($0, in: layout) })
        case .daemonGone:
            throw .failed(
                "msctld has gone while it was at work", hint: "its log is \(layout.daemonLog)",
                details: TextTail.lines(of: layout.daemonLog, count: 10))
        }
    }

    private func failure(_ failed: [InstanceStatus]) -> CommandFailure {
        let details = failed.flatMap { FailureBlock.lines($0, in: layout) }
        let hint = "msctl logs \(failed[0].instance.service)"
        return failed.allSatisfy { $0.state == .starting || $0.state == .running }
            ? .timedOut("\(names(failed)) did not become healthy", hint: hint, details: details)
            : .failed("\(names(failed)) did not become ready", hint: hint, details: details)
    }

    private func failure(
        _ rollouts: [Rollout], _ reconciliation: Reconciliation, _ watched: WatchedInstances
    ) -> CommandFailure {
        let failed = reconciliation.failed(watched)
        let details = rollouts.flatMap { rollout in
            let blocks = failed.filter { $0.instance.service == rollout.service }
                .flatMap { FailureBlock.lines($0, in: layout) }
            let surge = FailureBlock.lines(ofSurge: rollout.surge, watched, in: layout)
            let old = rollout.remaining.map(\.description).joined(separator: ", ")
            return ["\(rollout.service)  \(rollout.words(of: rollout.unfinished))"] + (blocks.isEmpty ? surge : blocks)
                + (old.isEmpty ? [] : ["\(old) \(rollout.remaining.count == 1 ? "goes" : "go") on serving as before"])
        }
        let services = rollouts.map(\.service).joined(separator: ", ")
        return .failed(
            "\(services) \(rollouts.count == 1 ? "was" : "were") not replaced", hint: "msctl logs \(rollouts[0].surge)",
            details: details)
    }

    private func names(_ statuses: [InstanceStatus]) -> String {
        statuses.isEmpty ? "nothing" : statuses.map(\.instance.description).joined(separator: ", ")
    }
}

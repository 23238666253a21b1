import ControlAPI
import Manifest
import StateDirectory

/// Asks the daemon for a change and follows it to its end, for `up`, `start` and `restart`.
struct UpRun {
    let project: Project
    let layout: StateLayout
    let console: Console
    let control: ControlClient
    let timeout: Duration

    struct Result {
        let statuses: [InstanceStatus]
        /// Nothing was started: everything ran as wanted already.
        let isUnchanged: Bool
    }

    /// The named services and what they need; all for no names.
    func up(_ services: [String]) async throws(CommandFailure) -> Result {
        let before = try statuses()
        let accepted = try await control.up(UpRequest(project: project, services: services))
        let ready = try await follow(
            Reconciliation(project: project, instances: accepted.instances), before: before)
        let isUnchanged = ready.allSatisfy { status in
            before.contains { $0.instance == status.instance && $0.run == status.run && $0.settled }
        }
        return Result(statuses: ready, isUnchanged: isUnchanged)
    }

    func restart(_ services: [String], grace: Duration?) async throws(CommandFailure) -> Result {
        let before = try statuses()
        let runs = Dictionary(before.map { ($0.instance, $0.run) }) { $1 }
        let accepted = try await control.restart(
            RestartRequest(
                project: project, services: services,
                graceMilliseconds: grace.map { Int($0 / .milliseconds(1)) }))
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
        var progress = UpProgress(reconciliation.instances, before: before, console: console)
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
        case .timedOut:
            let pending = reconciliation.pending(last)
            throw .timedOut(
                "\(names(pending)) \(pending.count == 1 ? "is" : "are") not ready after \(TimeText.elapsed(timeout))",
                hint: "they go on starting; see 'msctl status', or wait longer with --wait-timeout",
                details: pending.flatMap { FailureBlock.lines($0, in: layout) })
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

    private func names(_ statuses: [InstanceStatus]) -> String {
        statuses.isEmpty ? "nothing" : statuses.map(\.instance.description).joined(separator: ", ")
    }
}

import ControlAPI
import ProcessTable
import StateDirectory
import SystemPackage

/// Asks the daemon to stop services and follows them until they are gone, for `stop` and `down`.
struct StopRun {
    let layout: StateLayout
    let context: CommandContext
    let grace: DurationArgument?
    /// `down`: the instances are forgotten, and without names the daemon ends too.
    let forgets: Bool
    /// False when other lines come between its own.
    var redraws = true

    /// Whether the daemon, or anything that it started, lives.
    static func isAnythingAlive(_ layout: StateLayout) -> Bool {
        FileLock.isHeld(layout.daemonLock) || FileLock.isHeld(layout.daemonShimLock)
            || !ProcessTable.marked(by: layout.root).isEmpty
    }

    /// A daemon that is gone is started first: it adopts what it finds, then stops it.
    func run(_ services: [String]) async throws(CommandFailure) {
        let launcher = DaemonLauncher(layout: layout, context: context)
        let control = try await launcher.ensure()
        let accepted = try await control.down(
            StopRequest(services: services, graceMilliseconds: grace?.milliseconds, forget: forgets))
        var progress = UpProgress(accepted.instances, console: context.console, redraws: redraws)
        let ending = try await InstanceWatch(control: control, layout: layout).follow(for: patience) {
            watched, changes -> Void? in
            // That one is still ready while its dependents stop is no news.
            progress.show(changes.filter(\.isOfStopping))
            let isDone = accepted.instances.allSatisfy { instance in
                guard let status = watched[instance] else { return true }
                return !forgets && !status.state.isAlive && status.settled
            }
            return isDone ? () : nil
        }
        switch ending {
        case .outcome: return
        // After the last service of a `down` the daemon ends; it is looked at afterwards what is left.
        case .daemonGone where forgets: return
        case .daemonGone: throw .failed("msctld has gone while it was at work", hint: "its log is \(layout.daemonLog)")
        case .timedOut:
            throw .timedOut(
                "not everything has stopped", hint: "msctl status",
                details: Leftovers.now(layout, ProjectFootprint()).lines)
        }
    }

    /// Longer than any grace period: each dependency level has its own, and each ends in SIGKILL.
    private var patience: Duration { max(.seconds(300), (grace?.duration ?? .zero) * 10) }
}

extension WatchedInstances.Change {
    fileprivate var isOfStopping: Bool {
        guard case .changed(let status) = self else { return true }
        return status.state == .stopping || !status.state.isAlive
    }
}

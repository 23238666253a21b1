import Glibc
import LogStore
import Manifest
import ProcessTable
import StateDirectory
import SystemPackage

/// `up --attach`: brings services up, follows their logs, and takes everything down when it ends, however it ends. Should
/// it be killed, the daemon notices and does that.
struct AttachedRun {
    let project: Project
    let layout: StateLayout
    let context: CommandContext
    let timeout: Duration
    let logFormat: LogFormat

    private enum Ending: Sendable {
        /// After so many signals.
        case asked(count: Int)
        case readerHasGone
        /// Nothing runs any more, and nothing will.
        case allEnded([InstanceStatus])
        case takenDown
        case failed(CommandFailure)
    }

    func run(_ services: [String]) async throws(CommandFailure) {
        let names = services.isEmpty ? [] : try project.closure(of: services).map(\.name)
        let signals = try CaughtSignals.catching([SIGINT, SIGTERM, SIGHUP, SIGPIPE])
        let console = context.console
        let logs = try await AttachedLogs.start(
            layout, services: names, printer: printer, complain: { console.complain($0) })
        // Not to be interrupted half-way: a daemon that is just being started could not be told to end.
        let control = try await DaemonLauncher(layout: layout, context: context).ensure()
        let ending = await hold(services, signals, logs, control)
        tell(ending)
        let heeded = if case .asked(let count) = ending { count } else { signals.count }
        let teardown = Teardown(layout: layout, context: context, signals: signals, redraws: false)
        let left = await failure { () throws(CommandFailure) in try await teardown.run(after: heeded) }
        await logs.finish()
        if let failure = failure(ending) {
            if let left { console.complain(FailureReport(left).rendered(as: .table, style: console.errorStyle)) }
            throw failure
        }
        if let left { throw left }
    }

    // MARK: While it lasts

    private func hold(
        _ services: [String], _ signals: CaughtSignals, _ logs: AttachedLogs, _ control: ControlClient
    ) async -> Ending {
        let ending = await Race.first(
            { await signals.next(after: 0, where: \.asksToEnd).map { Ending.asked(count: $0.count) } },
            { await logs.readerHasGone() ? .readerHasGone : nil },
            {
                do throws(CommandFailure) {
                    return try await bringUpAndFollow(services, control)
                } catch {
                    return .failed(error)
                }
            })
        return ending ?? .takenDown
    }

    private func bringUpAndFollow(
        _ services: [String], _ control: ControlClient
    ) async throws(CommandFailure) -> Ending {
        let started = ContinuousClock.now
        var run = UpRun(
            project: project, layout: layout, console: context.console, control: control, timeout: timeout)
        run.redraws = false
        let result = try await run.up(services, attachedTo: try ProcessReference.own())
        let summary = UpSummary(
            project: project.name, statuses: result.statuses, url: try UpSummary.url(in: layout),
            elapsed: ContinuousClock.now - started, isUnchanged: result.isUnchanged)
        context.console.talk(summary.text + "; Ctrl-C takes it down")
        return try await follow(result.statuses)
    }

    /// Tells what becomes of the instances until none of them is left to run.
    private func follow(_ statuses: [InstanceStatus]) async throws(CommandFailure) -> Ending {
        let instances = statuses.map(\.instance)
        var progress = UpProgress(instances, before: statuses, console: context.console, redraws: false)
        while true {
            // A daemon that somebody has ended is started anew: the services are still to go down with this process.
            let control = try await DaemonLauncher(layout: layout, context: context).ensure()
            let ending: InstanceWatch.Ending<Ending> = try await InstanceWatch(control: control, layout: layout)
                .follow(for: nil) { watched, changes in
                    progress.show(changes)
                    let present = instances.compactMap { watched[$0] }
                    if present.isEmpty { return .takenDown }
                    return present.allSatisfy(hasEnded) ? .allEnded(present) : nil
                }
            if case .outcome(let outcome) = ending { return outcome }
            if !StopRun.isAnythingAlive(layout) { return .takenDown }
        }
    }

    /// It does not run and will not by itself.
    private func hasEnded(_ status: InstanceStatus) -> Bool {
        guard status.settled else { return false }
        switch status.state {
        case .exited, .stopped, .failed, .skipped: return true
        // Without a limit it is tried again now and then.
        case .crashLooping: return project[service: status.instance.service]?.restart.maxAttempts != nil
        case .waiting, .starting, .running, .stopping, .backoff: return false
        }
    }

    // MARK: What came of it

    private func tell(_ ending: Ending) {
        switch ending {
        case .asked: context.console.talk("taking everything down; once more to end it at once")
        case .readerHasGone: context.console.talk("nobody reads any more: taking everything down")
        case .allEnded: context.console.talk("everything has ended")
        case .takenDown: context.console.talk("somebody else has taken everything down")
        case .failed(let failure):
            context.console.talk("\(TerminalText.shown(failure.message)): taking everything down")
        }
    }

    /// nil after an orderly end.
    private func failure(_ ending: Ending) -> CommandFailure? {
        switch ending {
        case .asked, .readerHasGone, .takenDown: return nil
        case .failed(let failure): return failure
        case .allEnded(let statuses):
            let failed = statuses.filter { status in
                let policy = project[service: status.instance.service]?.restart
                let isSuccess = status.exit.map { policy?.isSuccess($0) ?? $0.isSuccess } ?? false
                return status.state != .stopped && !(status.state == .exited && isSuccess)
            }
            guard !failed.isEmpty else { return nil }
            return .failed(
                "\(failed.map(\.instance.description).joined(separator: ", ")) did not end well",
                hint: "msctl logs \(failed[0].instance.service)",
                details: failed.flatMap { FailureBlock.lines($0, in: layout) })
        }
    }

    private func failure(_ body: () async throws(CommandFailure) -> Void) async -> CommandFailure? {
        do {
            try await body()
            return nil
        } catch {
            return error
        }
    }

    private var printer: LogPrinter {
        let columns = project.services.map { "\($0.name).\($0.replicas)".utf8.count }.max() ?? 0
        return LogPrinter(logFormat, isColoured: context.console.outputIsLive, columns: columns)
    }
}

extension ProcessReference {
    /// This process.
    static func own() throws(CommandFailure) -> ProcessReference {
        let pid = getpid()
        guard let stat = ProcessTable.stat(of: pid) else {
            throw .failed("/proc/\(pid)/stat cannot be read", hint: "msctl needs /proc")
        }
        return ProcessReference(pid: pid, startTicks: stat.startTicks)
    }
}

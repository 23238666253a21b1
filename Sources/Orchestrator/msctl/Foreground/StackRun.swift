import Glibc
import Manifest
import StateDirectory
import SystemPackage

/// `run`: brings the stack up, runs a command in the foreground, and takes the stack down, however the command or msctl
/// itself ends. A stack that was up before stays up.
struct StackRun {
    let project: Project
    let layout: StateLayout
    let context: CommandContext
    let timeout: Duration

    private enum Ending: Sendable {
        case up(UpRun.Result)
        case asked(CaughtSignals.Arrival)
        case failed(CommandFailure)
    }

    /// - Parameter services: with what they need; empty for all.
    /// - Returns: what msctl is to exit with: the command's code, or 128 and a signal's number.
    func run(_ command: [String], services: [String]) async throws(CommandFailure) -> Int32 {
        let wasUp = try isUp
        let signals = try CaughtSignals.catching(
            [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGPIPE])
        let outcome: Result<Int32, CommandFailure>
        do {
            outcome = .success(try await bringUpAndRun(command, services, signals, wasUp: wasUp))
        } catch {
            outcome = .failure(error)
        }
        if wasUp {
            context.console.talk("\(project.name) was up before and is left up")
        } else {
            try await takeDown(signals, after: outcome)
        }
        return try outcome.get()
    }

    // MARK: -

    private var isUp: Bool {
        get throws(CommandFailure) {
            guard StopRun.isAnythingAlive(layout) else { return false }
            return try StatusReport.read(layout, services: []).isAnythingRunning
        }
    }

    private func bringUpAndRun(
        _ command: [String], _ services: [String], _ signals: CaughtSignals, wasUp: Bool
    ) async throws(CommandFailure) -> Int32 {
        let started = ContinuousClock.now
        // Not to be interrupted half-way: a daemon that is just being started could not be told to end.
        let control = try await DaemonLauncher(layout: layout, context: context).ensure()
        switch await bringUp(services, signals, control, attached: !wasUp) {
        case .asked(let arrival): return 128 + arrival.number
        case .failed(let failure): throw failure
        case .up(let result):
            let summary = UpSummary(
                project: project.name, statuses: result.statuses, url: try UpSummary.url(in: layout),
                elapsed: ContinuousClock.now - started, isUnchanged: result.isUnchanged)
            context.console.talk(summary.text)
        }
        let endpoints = try CommandFailure.reading { () throws(StateError) in
            try StateReader(layout: layout).endpoints()
        }
        let code = await follow(
            try await ForegroundCommand.start(
                command, directory: context.currentDirectory,
                environment: CommandEnvironment.make(context.environment, project, layout, endpoints)),
            signals)
        if code != 0 { tellOfTheUnwell() }
        return code
    }

    private func bringUp(
        _ services: [String], _ signals: CaughtSignals, _ control: ControlClient, attached: Bool
    ) async -> Ending {
        let ending = await Race.first(
            { await signals.next(after: 0, where: \.asksToEnd).map { Ending.asked($0) } },
            {
                do throws(CommandFailure) {
                    let run = UpRun(
                        project: project, layout: layout, console: context.console, control: control, timeout: timeout)
                    let own = attached ? try ProcessReference.own() : nil
                    return .up(try await run.up(services, attachedTo: own))
                } catch {
                    return .failed(error)
                }
            })
        return ending ?? .failed(.failed("cancelled"))
    }

    /// Until the command ends. What the terminal sends it has got already; what was sent to msctl alone is passed on.
    private func follow(_ command: ForegroundCommand, _ signals: CaughtSignals) async -> Int32 {
        let code = await Race.first(
            { await command.wait() },
            {
                var count = 0
                while let arrival = await signals.next(after: count) {
                    count = arrival.count
                    if !arrival.isFromTerminal && arrival.number != SIGPIPE { command.send(arrival.number) }
                }
                return nil
            })
        return code ?? 1
    }

    /// A command that failed may have done so because a service did.
    private func tellOfTheUnwell() {
        // Told beside a failure, not instead of it.
        let statuses = (try? StateReader(layout: layout).storedStatuses()) ?? []
        for status in statuses where Verdict(status, of: project[service: status.instance.service]) == .failed {
            for line in FailureBlock.lines(status, in: layout) { context.console.complain(line) }
        }
    }

    /// What is left is the failure, unless there is another already.
    private func takeDown(_ signals: CaughtSignals, after outcome: Result<Int32, CommandFailure>)
        async
        throws(CommandFailure)
    {
        do {
            try await Teardown(layout: layout, context: context, signals: signals).run(after: signals.count)
        } catch {
            if case .success(0) = outcome { throw error }
            context.console.complain(FailureReport(error).rendered(as: .table, style: context.console.errorStyle))
        }
    }
}

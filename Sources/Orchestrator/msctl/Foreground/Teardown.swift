import ControlAPI
import LogStore
import StateDirectory

/// Takes the whole project down at the end of a command that has held it up: orderly at first, with SIGKILL when somebody
/// insists, and without waiting for the end when somebody insists again.
struct Teardown {
    let layout: StateLayout
    let context: CommandContext
    let signals: CaughtSignals
    /// False when log lines come between.
    var redraws = true

    private enum Ending: Sendable {
        case down(Leftovers)
        case failed(CommandFailure)
        case left
    }

    /// - Parameter count: signals that have been heeded already.
    /// - Throws: ``CommandFailure`` that names what is left.
    func run(after count: Int) async throws(CommandFailure) {
        guard StopRun.isAnythingAlive(layout) else { return }
        let ending = await Race.first(
            {
                do throws(CommandFailure) {
                    let run = DownRun(layout: layout, context: context, redraws: redraws)
                    return Ending.down(try await run.run([], grace: nil))
                } catch {
                    return .failed(error)
                }
            },
            { await insistence(after: count) })
        switch ending {
        case .down(let left): try left.check(context.console)
        case .failed(let failure): throw failure
        case .left, nil:
            throw .failed(
                "not everything has ended yet; msctld goes on with it", hint: "msctl status",
                details: Leftovers.now(layout, ProjectFootprint()).lines)
        }
    }

    /// nil when it was cancelled.
    private func insistence(after count: Int) async -> Ending? {
        guard let first = await signals.next(after: count, where: \.asksToEnd) else { return nil }
        context.console.talk("ending everything at once; once more to leave it at that")
        // A daemon that does not answer is not waited for.
        async let order: Void = endAtOnce()
        let second = await signals.next(after: first.count, where: \.asksToEnd)
        if second != nil { return .left }
        await order
        return nil
    }

    private func endAtOnce() async {
        do {
            _ = try await ControlClient(layout: layout).down(StopRequest(graceMilliseconds: 0, forget: true))
        } catch {
            // It may have ended meanwhile; what is left is said at the end.
            context.console.talk(TerminalText.shown(error.message))
        }
    }
}

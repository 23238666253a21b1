import LogStore
import Manifest
import StateDirectory

/// Waits until a condition holds of every instance that some names mean.
struct WaitRun {
    let layout: StateLayout
    let control: ControlClient
    /// As it was last wanted; nil before the first `up`.
    let project: Project?
    let condition: WaitCondition
    let timeout: Duration

    private enum Ending: Sendable {
        case holds([InstanceStatus])
        case never(InstanceStatus)
        case timedOut([InstanceStatus])
        case daemonGone
    }

    /// - Parameter names: services or instances, at least one.
    /// - Returns: the instances as they were when the condition held.
    func wait(for names: [String]) async throws(CommandFailure) -> [InstanceStatus] {
        let ending: Ending
        if case .log(let pattern) = condition {
            ending = try await waitForLine(pattern, of: names)
        } else {
            ending = try await watch(names)
        }
        switch ending {
        case .holds(let statuses): return statuses
        case .never(let status):
            throw .failed(
                "\(status.instance) will not be \(condition.words): it is \(status.state.rawValue)",
                hint: "msctl logs \(status.instance.service)", details: FailureBlock.lines(status, in: layout))
        case .timedOut(let pending):
            throw .timedOut(
                "\(names.joined(separator: ", ")) not \(condition.words) after \(TimeText.elapsed(timeout))",
                hint: "msctl status", details: pending.flatMap { FailureBlock.lines($0, in: layout) })
        case .daemonGone: throw .nothingRunning("msctld has gone", hint: "its log is \(layout.daemonLog)")
        }
    }

    /// Whether an instance that has ended did what it was meant to. One that somebody stopped did not fail.
    func hasSucceeded(_ status: InstanceStatus) -> Bool {
        guard status.state == .exited else { return status.state == .stopped }
        let policy = project?[service: status.instance.service]?.restart
        return status.exit.map { policy?.isSuccess($0) ?? $0.isSuccess } ?? false
    }

    private func watch(_ names: [String]) async throws(CommandFailure) -> Ending {
        var pending: [InstanceStatus] = []
        let ending = try await InstanceWatch(control: control, layout: layout).follow(for: timeout) {
            watched, _ -> Ending? in
            let meant = Self.meant(names, watched)
            let answers = meant.map { (status: $0, answer: answer($0)) }
            if let lost = answers.first(where: { $0.answer == .never }) { return .never(lost.status) }
            pending = answers.filter { $0.answer == .notYet }.map(\.status)
            // A service that has no instance yet may get one.
            let isComplete = names.allSatisfy { name in meant.contains { [name].means($0.instance) } }
            return isComplete && pending.isEmpty ? .holds(meant) : nil
        }
        return switch ending {
        case .outcome(let outcome): outcome
        case .timedOut: .timedOut(pending)
        case .daemonGone: .daemonGone
        }
    }

    /// Those that stand in during a replacement, and those that are about to go, do not count.
    private static func meant(_ names: [String], _ watched: WatchedInstances) -> [InstanceStatus] {
        watched.statuses.values.filter { names.means($0.instance) && !$0.isSurge && !$0.leaving }
            .sorted { $0.instance < $1.instance }
    }

    private func answer(_ status: InstanceStatus) -> WaitCondition.Answer {
        condition.answer(status, of: project?[service: status.instance.service])
    }

    /// Follows the logs and the instances at once: a line counts also when it was the last one.
    private func waitForLine(_ pattern: String, of names: [String]) async throws(CommandFailure) -> Ending {
        do {
            // Nothing may have run yet.
            try AtomicFile.makeDirectory(layout.runs)
            let ending = try await withThrowingTaskGroup(of: Ending.self) { group in
                group.addTask { try await watch(names) }
                group.addTask {
                    for name in names { try await Self.line(query(pattern, of: name), in: layout) }
                    return .holds([])
                }
                defer { group.cancelAll() }
                return try await group.next() ?? .timedOut([])
            }
            guard case .never = ending else { return ending }
            for name in names {
                var lines = try LogReader(layout: layout).lines(query(pattern, of: name))
                if try lines.next() == nil { return ending }
            }
            return .holds([])
        } catch let failure as CommandFailure {
            throw failure
        } catch let error as StateError {
            throw CommandFailure(error)
        } catch let error as LogError {
            throw CommandFailure(error)
        } catch {
            throw .failed("the logs cannot be read: \(error)")
        }
    }

    private func query(_ pattern: String, of name: String) -> LogQuery {
        var query = LogQuery()
        query.services = [name]
        query.pattern = pattern
        return query
    }

    /// Returns with the first line.
    private static func line(_ query: LogQuery, in layout: StateLayout) async throws {
        for try await lines in try await LogFollower.start(layout: layout, query: query) where !lines.isEmpty { return }
    }
}

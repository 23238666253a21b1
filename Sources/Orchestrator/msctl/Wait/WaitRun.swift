import LogStore
import StateDirectory

/// Waits until a condition holds of every instance of some services.
struct WaitRun {
    let layout: StateLayout
    let control: ControlClient
    let condition: WaitCondition
    let timeout: Duration

    private enum Ending: Sendable {
        case holds
        case never(InstanceStatus)
        case timedOut
        case daemonGone
    }

    func wait(for services: [String]) async throws(CommandFailure) {
        let ending: Ending
        if case .log(let pattern) = condition {
            ending = try await waitForLine(pattern, of: services)
        } else {
            ending = try await watch(services)
        }
        let names = services.joined(separator: ", ")
        switch ending {
        case .holds: return
        case .never(let status):
            throw .failed(
                "\(status.instance) will not be \(condition.words): it is \(status.state.rawValue)",
                hint: "msctl logs \(status.instance.service)", details: FailureBlock.lines(status, in: layout))
        case .timedOut: throw .timedOut("\(names) not \(condition.words) after \(TimeText.elapsed(timeout))")
        case .daemonGone: throw .nothingRunning("msctld has gone", hint: "its log is \(layout.daemonLog)")
        }
    }

    private func watch(_ services: [String]) async throws(CommandFailure) -> Ending {
        let ending = try await InstanceWatch(control: control, layout: layout).follow(for: timeout) {
            watched, _ -> Ending? in
            var holds = true
            for service in services {
                let statuses = watched.statuses.values.filter { $0.instance.service == service }
                // A service that has no instance yet may get one.
                if statuses.isEmpty { holds = false }
                for status in statuses.sorted(by: { $0.instance < $1.instance }) {
                    switch condition.answer(status) {
                    case .holds: continue
                    case .never: return .never(status)
                    case .notYet: holds = false
                    }
                }
            }
            return holds ? .holds : nil
        }
        return switch ending {
        case .outcome(let outcome): outcome
        case .timedOut: .timedOut
        case .daemonGone: .daemonGone
        }
    }

    /// Follows the logs and the instances at once: a line counts also when it was the last one.
    private func waitForLine(_ pattern: String, of services: [String]) async throws(CommandFailure) -> Ending {
        do {
            let ending = try await withThrowingTaskGroup(of: Ending.self) { group in
                group.addTask { try await watch(services) }
                group.addTask {
                    for service in services { try await Self.line(query(pattern, of: service), in: layout) }
                    return .holds
                }
                defer { group.cancelAll() }
                return try await group.next() ?? .timedOut
            }
            guard case .never = ending else { return ending }
            for service in services {
                var lines = try LogReader(layout: layout).lines(query(pattern, of: service))
                if try lines.next() == nil { return ending }
            }
            return .holds
        } catch let failure as CommandFailure {
            throw failure
        } catch let LogError.badPattern(pattern, reason) {
            throw .usage("'\(pattern)' is no regular expression: \(reason)")
        } catch {
            throw .failed("the logs cannot be read: \(error)")
        }
    }

    private func query(_ pattern: String, of service: String) -> LogQuery {
        var query = LogQuery()
        query.services = [service]
        query.pattern = pattern
        return query
    }

    /// Returns with the first line.
    private static func line(_ query: LogQuery, in layout: StateLayout) async throws {
        for try await lines in try await LogFollower.start(layout: layout, query: query) where !lines.isEmpty { return }
    }
}

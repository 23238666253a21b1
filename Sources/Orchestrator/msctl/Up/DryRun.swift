import ControlAPI
import Manifest
import StateDirectory

/// What `up` would build and do. Nothing is built, started or written, not even a daemon.
struct DryRun {
    let project: Project
    let layout: StateLayout
    let context: CommandContext

    struct Outcome {
        let project: String
        /// What is out of date.
        var builds: [BuildUnit]
        var changes: [Plan.Change]
    }

    func plan(_ services: [String], builds: Bool) async throws(CommandFailure) -> Outcome {
        let wanted = try project.closure(of: services)
        let outdated = builds ? try outdated(wanted) : []
        var changes = try await changes(wanted, services)
        // The daemon knows the program of now; after the build it is another.
        let rebuilt = Set(outdated.flatMap(\.services))
        for index in changes.indices where rebuilt.contains(changes[index].instance.service) {
            if changes[index].action == .none {
                changes[index].reasons.append("replaced if the build changes its program")
            }
        }
        return Outcome(project: project.name, builds: outdated, changes: changes)
    }

    private func outdated(_ services: [Service]) throws(CommandFailure) -> [BuildUnit] {
        let builder = Builder(layout: layout, console: context.console, environment: context.environment)
        var outdated: [BuildUnit] = []
        for unit in BuildUnit.units(of: services) where try builder.isOutOfDate(unit, try unit.fingerprint()) {
            outdated.append(unit)
        }
        return outdated
    }

    private func changes(_ wanted: [Service], _ services: [String]) async throws(CommandFailure) -> [Plan.Change] {
        let control = try ControlClient(layout: layout)
        if try await control.statusIfAnswering() != nil {
            return try await control.plan(UpRequest(project: project, services: services)).changes
        }
        // Nobody to ask. What lives all the same would be taken over first, and compared then.
        let statuses = try CommandFailure.reading { () throws(StateError) in
            try StateReader(layout: layout).statuses()
        }
        let alive = Set(statuses.filter(\.state.isAlive).map(\.instance))
        return wanted.flatMap { service in
            (0..<service.replicas).map { index in
                let instance = InstanceID(service: service.name, replica: index + 1)
                return alive.contains(instance)
                    ? Plan.Change(
                        instance: instance, action: .none,
                        reasons: ["runs without msctld, which takes it over and compares it then"])
                    : Plan.Change(instance: instance, action: .start, reasons: ["does not run yet"])
            }
        }
    }
}

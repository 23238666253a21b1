import Manifest
import StateDirectory

/// One instance and what `up` does with it.
package struct PlannedChange: Sendable, Hashable {
    package enum Action: Sendable, Hashable {
        case start
        /// Stop the old one, then start the new one.
        case replace
        /// Start-first, with the others of its service.
        case roll
        case stop
        case none
    }
    package var instance: InstanceID
    package var action: Action
    /// One sentence each.
    package var reasons: [String]
}

extension Supervisor {
    /// What ``up(_:services:attachedTo:)`` would do; nothing is done.
    package func plan(_ project: Project, services: [String]) -> [PlannedChange] {
        let selected = services.isEmpty ? project.services : project.closure(of: services)
        let changes = selected.flatMap { service in
            service.instances.map { intention(for: $0, service) }
        }
        let surplus = surplus(of: project, all: services.isEmpty).map { id in
            let reason = project[service: id.service].map { "\($0.replicas) wanted" } ?? "no longer in the manifests"
            return PlannedChange(instance: id, action: .stop, reasons: [reason])
        }
        return changes + surplus
    }

    /// What is to be done so that the instance runs as `service` says.
    func intention(for id: InstanceID, _ service: Service) -> PlannedChange {
        func plan(_ action: PlannedChange.Action, _ reasons: String...) -> PlannedChange {
            PlannedChange(instance: id, action: action, reasons: reasons)
        }
        guard let instance = instances[id] else { return plan(.start, "does not run yet") }
        let state = instance.machine.state
        let differences = differences(of: instance, from: service)
        switch state {
        case .starting, .running:
            if differences.isEmpty { return plan(.none) }
            return PlannedChange(
                instance: id, action: canRoll(service) ? .roll : .replace, reasons: differences)
        case .exited
        where instance.service.restart.isSuccess(instance.machine.exit ?? .unknown)
            && service.restart.condition == .never && differences.isEmpty && stops[id] == nil && !instance.leaving:
            return plan(.none, "has done its work")
        case .waiting, .backoff:
            return plan(.none, "is \(state.rawValue) already")
        case .stopping, .stopped, .exited, .crashLooping, .failed, .skipped:
            return plan(.start, "is \(state.rawValue)")
        }
    }

    private func differences(of instance: Instance, from service: Service) -> [String] {
        guard let spec = instance.spec else { return [] }
        return ServiceDifference.between(spec.service, service)
            + (programHasChanged(since: spec, service) ? ["its program is another"] : [])
    }

    /// Whether its instances are replaced under the cover of an extra one: there must be something that serves.
    func canRoll(_ service: Service) -> Bool {
        let order =
            service.update.order ?? (service.replicas > 1 || !service.sockets.isEmpty ? .startFirst : .stopFirst)
        return order == .startFirst
            && neighbourhood.instances(of: service.name).contains { instances[$0]?.machine.isReady == true }
    }

    /// Instances of services that are gone from the manifests (`all` only), and replicas beyond the number wanted.
    func surplus(of project: Project, all: Bool) -> [InstanceID] {
        instances.keys.filter { id in
            guard instances[id]?.leaving == false, !isCover(id) else { return false }
            guard let service = project[service: id.service] else { return all }
            return id.replica > service.replicas
        }.sorted()
    }
}

extension Service {
    /// Those that are to run.
    var instances: [InstanceID] { (0..<replicas).map { InstanceID(service: name, replica: $0 + 1) } }
}

import Manifest
import StateDirectory
import SystemPackage

/// Why a request cannot be carried out.
package enum SupervisorError: Error {
    case unknownService(String)
    case state(StateError)

    package var message: String {
        switch self {
        case .unknownService(let name): "there is no service '\(name)' in what runs"
        case .state(let error): error.description
        }
    }
}

/// What people ask for. Each request is written down before anything is done, and done whatever becomes of who asked.
extension Supervisor {
    /// Makes what runs equal to `project`: all of it, or `services` and what they depend on. Unchanged instances are not
    /// touched; changed ones are replaced.
    package func up(_ project: Project, services: [String]) throws(SupervisorError) -> [InstanceID] {
        try adopt(project)
        whenEmptyIsWanted = false
        let selected = services.isEmpty ? project.services : project.closure(of: services)
        let touched = selected.flatMap { service in
            (0..<service.replicas).map { InstanceID(service: service.name, replica: $0 + 1) }
        }
        plan {
            var replaced: Set<String> = []
            for id in touched {
                guard let service = project[service: id.service] else { continue }
                if bringUp(id, service) { replaced.insert(id.service) }
            }
            restartDependents(of: replaced, grace: nil)
            removeSurplus(all: services.isEmpty)
        }
        return touched
    }

    /// Stops all instances or those of `services`, dependents first. `forget` also drops them from `status`; when nothing
    /// is left after that, the daemon's work is done.
    package func stop(services: [String], grace: Int?, forget: Bool) throws(SupervisorError) -> [InstanceID] {
        let ids = try existing(services)
        plan {
            for id in ids {
                stops[id] = PendingStop(grace: grace, startAgain: false)
                if forget { instances[id]?.leaving = true }
                // A second request with another grace period reaches an instance that is stopping already.
                if let grace, instances[id]?.machine.state == .stopping { deliver(.stop(grace: grace), to: id) }
                publish(id)
            }
            if forget, services.isEmpty { whenEmptyIsWanted = true }
        }
        return ids
    }

    /// Stops and starts by what `project` says now; services that say `restart: true` of one of these follow.
    package func restart(
        _ project: Project, services: [String], grace: Int?
    ) throws(SupervisorError) -> [InstanceID] {
        let ids = try existing(services)
        try adopt(project)
        plan {
            for id in ids {
                if let service = project[service: id.service] { instances[id]?.service = service }
                stops[id] = PendingStop(grace: grace, startAgain: true)
                instances[id]?.leaving = false
                publish(id)
            }
            restartDependents(of: Set(ids.map(\.service)), grace: grace)
        }
        return ids
    }

    // MARK: -

    private func adopt(_ project: Project) throws(SupervisorError) {
        do {
            let store = SecretStore(layout: layout)
            for secret in project.secrets where secret.source == .generated { try store.generate(secret.name) }
            try writer.setDesired(project)
        } catch {
            throw .state(error)
        }
        self.project = project
    }

    /// True when a running instance is to be replaced.
    private func bringUp(_ id: InstanceID, _ service: Service) -> Bool {
        guard var instance = instances[id] else {
            instances[id] = Instance(id: id, service: service, since: Time.wall)
            instances[id]?.run = layout.allRuns(of: id).last?.run ?? 0
            deliver(.start, to: id)
            return false
        }
        let wasToStop = stops.removeValue(forKey: id) != nil || instance.leaving
        instance.leaving = false
        instance.service = service
        instances[id] = instance
        publish(id)
        let state = instance.machine.state
        let identity = try? identity(of: service)
        let isCurrent = identity == nil || identity == instance.spec?.identity
        if state == .starting || state == .running {
            if isCurrent { return false }
            stops[id] = PendingStop(grace: nil, startAgain: true)
            return true
        }
        let isDone = state == .exited && instance.machine.exit?.isSuccess == true && service.restart.condition == .never
        if !isDone || !isCurrent || wasToStop { deliver(.start, to: id) }
        return false
    }

    private func restartDependents(of services: Set<String>, grace: Int?) {
        var following = services
        var next = services
        while !next.isEmpty {
            let more = project.services.filter { service in
                !following.contains(service.name)
                    && service.dependsOn.contains { $0.restart && next.contains($0.service) }
            }
            next = Set(more.map(\.name))
            following.formUnion(next)
        }
        for id in instances.keys where following.subtracting(services).contains(id.service) {
            guard instances[id]?.machine.state.isAlive == true else { continue }
            stops[id] = PendingStop(grace: grace, startAgain: true)
        }
    }

    /// Instances of services that are gone from the manifests, and replicas beyond the number wanted.
    private func removeSurplus(all: Bool) {
        for id in instances.keys {
            let replicas = project[service: id.service]?.replicas
            guard let replicas else {
                if all { leave(id) }
                continue
            }
            if id.replica > replicas { leave(id) }
        }
    }

    private func leave(_ id: InstanceID) {
        instances[id]?.leaving = true
        stops[id] = PendingStop(grace: nil, startAgain: false)
        publish(id)
    }

    private func existing(_ services: [String]) throws(SupervisorError) -> [InstanceID] {
        for name in services where !instances.keys.contains(where: { $0.service == name }) {
            throw .unknownService(name)
        }
        return instances.keys.filter { services.isEmpty || services.contains($0.service) }.sorted()
    }
}

extension Project {
    /// The services named and everything they depend on, in the project's order.
    package func closure(of names: [String]) -> [Service] {
        var wanted = Set(names)
        var next = names
        while let name = next.popLast() {
            for dependency in self[service: name]?.dependsOn ?? [] where wanted.insert(dependency.service).inserted {
                next.append(dependency.service)
            }
        }
        return services.filter { wanted.contains($0.name) }
    }
}

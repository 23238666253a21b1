import Manifest
import StateDirectory
import SystemPackage

/// What people ask for. Each request is written down before anything is done, and done whatever becomes of who asked.
extension Supervisor {
    /// Makes what runs equal to `project`: all of it, or `services` and what they depend on. Unchanged instances are not
    /// touched; changed ones are replaced. Returns the instances it is about.
    package func up(
        _ project: Project, services: [String], attachedTo process: ProcessReference? = nil
    ) throws(SupervisorError) -> [InstanceID] {
        if let process { try attach(to: process) }
        try adopt(project)
        wantEmpty(false)
        let selected = services.isEmpty ? project.services : project.closure(of: services)
        carryOut {
            var replaced: Set<String> = []
            for service in selected where bringUp(service) { replaced.insert(service.name) }
            restartDependents(of: replaced, grace: nil)
            for id in surplus(of: project, all: services.isEmpty) { leave(id) }
        }
        return selected.flatMap(\.instances)
    }

    /// Stops and starts by what `project` says now, start-first where the service is replaced so; services that say
    /// `restart: true` of one of these follow. `names` are services or instances, all when empty. The same `request` again,
    /// from a client whose daemon died before it could answer, has been carried out already.
    package func restart(
        _ project: Project, services names: [String], grace: Int?, request: String? = nil
    ) throws(SupervisorError) -> [InstanceID] {
        let ids = try existing(names)
        if let request, request == lastRestart { return ids }
        try adopt(project)
        lastRestart = request
        writeDown(.fact("restart", try? StateWriter.encoded([request])))
        carryOut {
            for (name, all) in Dictionary(grouping: ids, by: \.service) {
                cancelRollout(of: name)
                let ids = all.filter { instances[$0]?.isSurge == false }
                if ids.isEmpty { continue }
                let service = project[service: name] ?? instances[ids[0]]?.service
                guard let service else { continue }
                let living = ids.filter { instances[$0]?.machine.state.isAlive == true }
                if canRoll(service), !living.isEmpty {
                    beginRollout(service, living.sorted(), grace: grace)
                }
                for id in ids where rollouts[name] == nil || !living.contains(id) {
                    redefine(id, service)
                    instances[id]?.leaving = false
                    stops[id] = StopIntent(grace: grace, startAgain: true)
                    agenda.changed(id)
                }
            }
            restartDependents(of: Set(ids.map(\.service)).filter { rollouts[$0] == nil }, grace: grace)
        }
        return ids
    }

    /// Sets the number of replicas of services in the project that is wanted.
    package func scale(_ replicas: [String: Int]) throws(SupervisorError) -> [InstanceID] {
        var project = self.project
        for (name, count) in replicas {
            guard let index = project.services.firstIndex(where: { $0.name == name }) else {
                throw .unknownService(name)
            }
            if rollouts[name]?.isUnderWay == true { throw .isBeingReplaced(name) }
            project.services[index].replicas = max(0, count)
        }
        try adopt(project)
        let services = project.services.filter { replicas.keys.contains($0.name) }
        carryOut {
            for service in services {
                for id in service.instances where instances[id] == nil || instances[id]?.leaving == true {
                    start(id, service)
                }
            }
            for id in surplus(of: project, all: false) where replicas.keys.contains(id.service) { leave(id) }
        }
        return services.flatMap(\.instances)
    }

    // MARK: -

    /// Makes changes, writes them down, and leaves what follows from them to the end of the batch.
    func carryOut(_ changes: () -> Void) {
        changes()
        for id in agenda.instances.sorted() { publish(id) }
        writeRollouts()
        announce()
        writer.flushNow()
    }

    func adopt(_ project: Project) throws(SupervisorError) {
        var project = project
        do {
            try SecretStore(layout: layout).provide(project.secrets)
            // From here on the values are in their files alone.
            project.secrets = project.secrets.map(\.withoutValue)
            try writer.setDesired(project)
        } catch {
            throw .state(error)
        }
        self.project = project
        edited = nil
    }

    /// True when running instances are replaced here and now, by stop-first.
    private func bringUp(_ service: Service) -> Bool {
        if let rollout = rollouts[service.name], rollout.isUnderWay {
            // The same again is no news; anything else begins anew.
            if isTowards(service, rollout) { return false }
            cancelRollout(of: service.name)
        }
        rollouts[service.name] = nil
        var outdated: [InstanceID] = []
        var isReplaced = false
        for id in service.instances {
            let intention = intention(for: id, service)
            switch intention.action {
            case .start: start(id, service)
            case .replace:
                redefine(id, service)
                stops[id] = StopIntent(grace: nil, startAgain: true)
                isReplaced = true
            case .roll: outdated.append(id)
            case .none:
                redefine(id, service)
                if stops[id]?.startAgain == false { stay(id) }
            case .stop: break
            }
            instances[id]?.leaving = false
            instances[id]?.isSurge = false
            agenda.changed(id)
        }
        if !outdated.isEmpty { beginRollout(service, outdated, grace: nil) }
        return isReplaced
    }

    private func isTowards(_ service: Service, _ rollout: Rollout) -> Bool {
        guard let surge = instances[rollout.surge] else { return false }
        return ServiceDifference.between(surge.service, service).isEmpty && surge.service.replicas == service.replicas
            && !(surge.spec.map { programHasChanged(since: $0, service) } ?? false)
    }

    /// Starts an instance that does not run, or is on its way out.
    private func start(_ id: InstanceID, _ service: Service) {
        if instances[id] == nil {
            var instance = Instance(id: id, service: service, since: Time.wall)
            instance.run = layout.allRuns(of: id).last?.run ?? 0
            add(instance)
        } else {
            redefine(id, service)
            instances[id]?.leaving = false
            stay(id)
        }
        deliver(.start, to: id)
        agenda.changed(id)
    }

    /// Takes a stop back that has not begun.
    private func stay(_ id: InstanceID) {
        stops[id] = nil
        instances[id]?.drain = .none
        agenda.endpoints = true
    }

    /// Restarts the services that say `restart: true` of one of these, and those that say so of them.
    func restartDependents(of services: Set<String>, grace: Int?) {
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
            stops[id] = StopIntent(grace: grace, startAgain: true)
            agenda.changed(id)
        }
    }

    /// Takes an instance away for good, its clients first.
    func leave(_ id: InstanceID) {
        instances[id]?.leaving = true
        stops[id] = StopIntent(grace: nil, startAgain: false, drains: true)
        agenda.changed(id)
    }

    /// The instances of services, or those named themselves; all for no names.
    func existing(_ names: [String]) throws(SupervisorError) -> [InstanceID] {
        for name in names where !instances.keys.contains(where: { $0.service == name || $0.description == name }) {
            throw .unknownService(name)
        }
        return instances.keys.filter { id in
            names.isEmpty || names.contains(id.service) || names.contains(id.description)
        }.sorted()
    }

    // MARK: The set of instances

    func add(_ instance: Instance) {
        instances[instance.id] = instance
        neighbourhood.insert(instance.id, instance.service)
        agenda.changed(instance.id)
    }

    func remove(_ id: InstanceID) {
        instances[id] = nil
        neighbourhood.remove(id)
        sockets.release(id)
        if instances.isEmpty { cgroups?.remove() }
        agenda.changed(id)
        agenda.endpoints = true
    }

    func redefine(_ id: InstanceID, _ service: Service) {
        instances[id]?.service = service
        neighbourhood.insert(id, service)
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

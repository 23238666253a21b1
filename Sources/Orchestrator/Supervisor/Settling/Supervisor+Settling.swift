import Manifest
import StateDirectory

/// What changes of some instances bring about for others. Called once for each batch of events.
extension Supervisor {
    func settle() {
        defer { announce() }
        guard !agenda.isEmpty else { return }
        var news: Set<InstanceID> = []
        while !agenda.isEmpty {
            let changes = agenda.take()
            news.formUnion(changes.instances)
            if changes.stops { settleStops() }
            settleRollouts(changes.services)
            settleDependencies(changes)
            forgetTheGone(changes.instances)
            if changes.endpoints { endpointsAreStale = true }
        }
        // Who is told that an instance is ready finds its address.
        refreshEndpoints()
        for id in news.sorted() {
            releaseSockets(ofIdle: id)
            publish(id)
        }
        if instances.isEmpty, whenEmptyIsWanted {
            whenEmptyIsWanted = false
            announce()
            whenEmpty()
        }
    }

    // MARK: Dependencies

    /// Asks again for those who have changed themselves and for those who depend on a service that has.
    private func settleDependencies(_ changes: Agenda) {
        var asked = changes.instances
        for service in changes.services {
            for dependent in neighbourhood.dependents(of: service) {
                asked.formUnion(neighbourhood.instances(of: dependent))
            }
        }
        for id in asked.sorted() { settleDependencies(of: id) }
    }

    private func settleDependencies(of id: InstanceID) {
        guard let instance = instances[id], instance.machine.wanted, stops[id] == nil else { return }
        let state = instance.machine.state
        guard state == .waiting || state == .skipped else { return }
        switch verdict(for: instance.service) {
        case .met: deliver(.dependenciesMet, to: id)
        case .waiting(let what):
            if instance.machine.reason != what { deliver(.dependenciesUnmet(what), to: id) }
        case .failed(let why):
            if state == .waiting { deliver(.dependencyFailed(why), to: id) }
        }
    }

    private func verdict(for service: Service) -> DependencyVerdict {
        DependencyVerdict.of(service.dependsOn) { name in
            neighbourhood.instances(of: name).sorted().compactMap { id in
                guard let instance = instances[id], !instance.leaving, !instance.isSurge else { return nil }
                return DependencyVerdict.Neighbour(
                    instance: id, state: instance.machine.state, health: instance.machine.health,
                    hasSucceeded: instance.machine.exit.map(instance.service.restart.isSuccess) ?? false,
                    wanted: instance.machine.wanted || stops[id]?.startAgain == true, hasProcess: instance.pid != nil)
            }
        }
    }

    // MARK: Stops

    /// Each stop that is done may free the next ones, so this repeats until nothing is done any more.
    private func settleStops() {
        var isProgress = !stops.isEmpty
        while isProgress {
            isProgress = false
            for id in StopOrder.next(among: Set(stops.keys), dependencies: dependencies) {
                if settleStop(of: id) { isProgress = true }
            }
        }
    }

    private func dependencies(of service: String) -> [String] {
        neighbourhood.instances(of: service).first.flatMap { instances[$0]?.service.dependsOn.map(\.service) } ?? []
    }

    /// True when the instance has ended and nobody need wait for it any more.
    private func settleStop(of id: InstanceID) -> Bool {
        guard let stop = stops[id], let instance = instances[id] else {
            stops[id] = nil
            return true
        }
        if instance.machine.state == .stopping { return false }
        if instance.machine.state.isAlive {
            if stop.drains, isDraining(id) { return false }
            deliver(stop.startAgain ? .restart(grace: stop.grace) : .stop(grace: stop.grace), to: id)
            return false
        }
        stops[id] = nil
        instances[id]?.drain = .none
        agenda.changed(id)
        if stop.startAgain {
            if instance.machine.state != .waiting { deliver(.restart(grace: nil), to: id) }
        } else if instance.machine.wanted || instance.machine.state != .stopped {
            deliver(.stop(grace: nil), to: id)
        }
        return true
    }

    /// Whether clients may still hold the instance's address. The first question takes it out of endpoints.json and begins
    /// the time that they have to notice.
    private func isDraining(_ id: InstanceID) -> Bool {
        guard let instance = instances[id] else { return false }
        switch instance.drain {
        case .over: return false
        case .underWay: return true
        case .none:
            guard instance.machine.isReady, instance.spec?.port != nil else { return false }
            instances[id]?.drain = .underWay
            agenda.endpoints = true
            let pause = instance.service.update.drain
            Task { [weak self] in
                // Never cancelled: an instance that has gone meanwhile is not concerned.
                try? await Task.sleep(for: pause)
                await self?.drained(id)
            }
            return true
        }
    }

    private func drained(_ id: InstanceID) {
        guard instances[id]?.drain == .underWay else { return }
        instances[id]?.drain = .over
        agenda.changed(id)
    }

    private func forgetTheGone(_ candidates: Set<InstanceID>) {
        for id in candidates {
            guard let instance = instances[id], instance.leaving, instance.machine.state == .stopped, stops[id] == nil
            else { continue }
            remove(id)
            writeDown(.forget(id))
            tell(.removed(id))
        }
    }
}

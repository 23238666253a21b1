import Manifest
import StateDirectory

/// Start-first replacement: an extra instance of the new definition becomes ready, then the old ones are drained and
/// replaced one by one, then the extra one goes. Capacity never falls below what it was, and every instance keeps its
/// number and so its declared port.
///
/// ```
///  surging ──ready──► replacing(1) ──ready──► replacing(2) ──ready──► settling ──gone──► done
///     │ never ready        │ never ready
///     ▼                    ▼
///   failed               failed: what is ready goes on serving, the extra instance included
/// ```
extension Supervisor {
    func beginRollout(_ service: Service, _ ids: [InstanceID], grace: Int?) {
        let highest = neighbourhood.instances(of: service.name).map(\.replica).max() ?? 0
        let surge = InstanceID(service: service.name, replica: max(highest, service.replicas) + 1)
        var instance = Instance(id: surge, service: service, since: Time.wall)
        instance.isSurge = true
        instance.run = layout.allRuns(of: surge).last?.run ?? 0
        add(instance)
        change(Rollout(service: service.name, phase: .surging, surge: surge, remaining: ids, grace: grace))
        note("rolling", surge, "covers the replacement of \(ids.map(\.description).joined(separator: ", "))")
        deliver(.start, to: surge)
    }

    /// Looks again at the replacements of services of which something has changed.
    func settleRollouts(_ services: Set<String>) {
        for name in services.sorted() {
            guard let rollout = rollouts[name], rollout.isUnderWay else { continue }
            settle(rollout)
        }
    }

    /// Gives a replacement up: the old instances stay, the extra one goes.
    func cancelRollout(of service: String) {
        guard let rollout = rollouts.removeValue(forKey: service) else { return }
        guard rollout.isUnderWay else { return }
        tell(.rollout(rollout.with(.failed("another request came in between"))))
        if instances[rollout.surge]?.isSurge == true { leave(rollout.surge) }
        for id in neighbourhood.instances(of: service) { agenda.changed(id) }
    }

    /// Whether an instance is the extra one of a replacement that has not ended well.
    func isCover(_ id: InstanceID) -> Bool {
        guard let rollout = rollouts[id.service], rollout.surge == id else { return false }
        return rollout.isUnderWay
    }

    // MARK: -

    private func settle(_ rollout: Rollout) {
        switch rollout.phase {
        case .surging:
            guard let surge = instances[rollout.surge], !surge.leaving else { return }
            if surge.machine.isReady {
                advance(rollout)
            } else if surge.machine.isSettled {
                leave(rollout.surge)
                fail(rollout, because: surge)
            }
        case .replacing(let id):
            guard let instance = instances[id], !instance.leaving else { return advance(rollout) }
            guard stops[id] == nil else { return }
            if instance.run <= rollout.formerRun, instance.machine.state.isAlive {
                // A daemon before this one was killed between saying so and doing it.
                stops[id] = StopIntent(grace: rollout.grace, startAgain: true, drains: true)
                agenda.changed(id)
            } else if instance.machine.isReady {
                advance(rollout)
            } else if instance.machine.isSettled {
                fail(rollout, because: instance)
            }
        case .settling:
            if let surge = instances[rollout.surge] {
                if !surge.leaving { leave(rollout.surge) }
                return
            }
            change(rollout.with(.done))
            note("rolled", InstanceID(service: rollout.service, replica: 1))
            restartDependents(of: [rollout.service], grace: rollout.grace)
        case .done, .failed: break
        }
    }

    private func advance(_ rollout: Rollout) {
        var rollout = rollout
        guard let service = instances[rollout.surge]?.service, !rollout.remaining.isEmpty else {
            leave(rollout.surge)
            change(rollout.with(.settling))
            return
        }
        let next = rollout.remaining.removeFirst()
        rollout.formerRun = instances[next]?.run ?? 0
        redefine(next, service)
        stops[next] = StopIntent(grace: rollout.grace, startAgain: true, drains: true)
        change(rollout.with(.replacing(next)))
    }

    private func fail(_ rollout: Rollout, because instance: Instance) {
        let why = instance.machine.reason ?? instance.machine.state.rawValue
        let reason = "\(instance.id) did not become ready: \(why)"
        change(rollout.with(.failed(reason)))
        note("rollout-failed", instance.id, reason)
    }

    /// Watchers hear of it before the instances it is about are called settled.
    private func change(_ rollout: Rollout) {
        rollouts[rollout.service] = rollout
        tell(.rollout(rollout))
        for id in neighbourhood.instances(of: rollout.service) { agenda.changed(id) }
        writeRollouts()
    }

    func writeRollouts() {
        let all = rollouts.values.sorted { $0.service < $1.service }
        writeDown(.fact("rollouts", try? StateWriter.encoded(all)))
    }
}

extension Rollout {
    fileprivate func with(_ phase: Phase) -> Rollout {
        var next = self
        next.phase = phase
        return next
    }
}

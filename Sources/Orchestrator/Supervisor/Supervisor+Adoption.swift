import CLinux
import Foundation
import Manifest
import ProcessTable
import StateDirectory
import SystemPackage

/// Taking over what a daemon before this one left: by locks and records on disk, with state.db as a memory of what was
/// wanted.
extension Supervisor {
    /// To be called once, before any request. Living runs are taken over as they are, ended ones go through their restart
    /// policy, stops that were under way go on.
    ///
    /// - Parameter patience: after so many ms a daemon with nothing to look after ends.
    package func adopt(
        _ statuses: [InstanceStatus], rollouts: [Rollout] = [], attachedTo process: ProcessReference? = nil,
        takenDown: Bool = false, lastRestart: String? = nil, patience: Int64 = 30_000
    ) {
        self.lastRestart = lastRestart
        // Nothing of the file is known to be true: it is compared with something that it never equals.
        endpoints.schema = ""
        agenda.endpoints = true
        self.rollouts = Dictionary(rollouts.map { ($0.service, $0) }) { $1 }
        cgroups?.endStale(layout)
        for status in statuses {
            guard let service = project[service: status.instance.service] ?? placeholder(for: status) else { continue }
            adopt(status, service)
        }
        sockets.releaseAll(except: Set(instances.keys))
        whenEmptyIsWanted = takenDown || (!statuses.isEmpty && statuses.allSatisfy(\.leaving))
        // Perhaps nothing is left to be done but to end.
        agenda.stops = true
        if let process { resumeAttachment(process) }
        endWhenForgotten(after: patience)
    }

    /// Whoever started the daemon may never come to ask for anything. Who watches, waits for others to.
    private func endWhenForgotten(after patience: Int64) {
        _ = loop.at(Time.monotonic + patience) { [weak self] in
            self?.assumeIsolated { supervisor in
                guard supervisor.instances.isEmpty else { return }
                if supervisor.watchers.isEmpty {
                    supervisor.whenEmpty()
                } else {
                    supervisor.endWhenForgotten(after: patience)
                }
            }
        }
    }

    private func adopt(_ stored: InstanceStatus, _ service: Service) {
        let id = stored.instance
        var instance = Instance(id: id, service: service, since: stored.since)
        instance.isSurge = stored.isSurge
        let newest = layout.allRuns(of: id).last
        instance.run = max(stored.run, newest?.run ?? 0)
        instance.leaving = stored.leaving
        instance.answers = ProbeBoard(stored.probe)
        var status = stored
        if let newest, newest.run > stored.run {
            // Launched after the last thing that was written down; whoever was to be started again has been.
            status.state = .starting
            status.health = .none
            if status.stop?.startAgain == true {
                status.stop = nil
                status.wanted = true
            }
        }
        let run = layout.run(instance.run, of: id)
        instance.spec = (try? AtomicFile.read(run.spec)).flatMap { $0 }.flatMap {
            try? JSONDecoder().decode(LaunchSpec.self, from: Data($0))
        }
        // What is still to be replaced goes on by its old definition.
        if rollouts[id.service]?.remaining.contains(id) == true, let old = instance.spec?.service {
            instance.service = old
        }
        if instance.spec?.boot == ProcessTable.bootID { Shim.awaitArrival(of: run, stateRoot: layout.root) }
        if status.state != .stopping, status.state.isAlive, discardIfNeverStarted(run) {
            status.state = .waiting
            status.health = .none
        }
        writeDownWhatWasMissed(since: stored, before: instance.run)
        let adopted = Shim.adopt(run)
        if adopted != nil, !status.state.isAlive { status.state = .running }
        instance.machine = InstanceMachine(
            rules: instance.service.machineRules, restoring: status, now: Time.monotonic)
        if let adopted {
            instance.shim = adopted.shim
            instance.pid = adopted.service
            add(instance)
            watch(adopted.shim, id, run: run.run)
            resume(id, status)
        } else if status.state.isAlive {
            add(instance)
            if instance.spec?.boot == ProcessTable.bootID {
                sweep(id, run, shim: run.processes?.shim ?? 0)
            } else {
                ended(id, run.run, run.exit)
            }
        } else {
            add(instance)
            resumeIdle(id, status)
        }
        if let stop = status.stop {
            stops[id] = stop
        } else if stored.leaving || !status.wanted, status.state.isAlive {
            stops[id] = StopIntent(grace: nil, startAgain: false)
        }
        agenda.changed(id)
    }

    /// A launch that a killed daemon had prepared and not carried out: no shim has ever made its lock. It is no run, and is
    /// prepared anew.
    private func discardIfNeverStarted(_ run: RunDirectory) -> Bool {
        guard run.run > 0, access(run.shimLock.string, F_OK) != 0 else { return false }
        // What cannot be deleted now goes with the oldest runs.
        try? AtomicFile.remove(run.path)
        return true
    }

    /// Runs that began or ended after the last thing that was written down. `newest` is looked at by itself; one before it
    /// is over, or there would be no newer one.
    private func writeDownWhatWasMissed(since stored: InstanceStatus, before newest: Int) {
        let id = stored.instance
        let runs = layout.allRuns(of: id).filter { $0.run >= stored.run }
        for run in runs where run.run > stored.run {
            writeDown(.runStarted(id, run: run.run, pid: run.processes?.service, time: Time.wall))
        }
        for run in runs where run.run < newest {
            let record = run.exit
            writeDown(.runEnded(id, run: run.run, record?.status ?? .unknown, time: record?.time ?? Time.wall))
        }
    }

    /// A living run: probe it again, or go on stopping it.
    private func resume(_ id: InstanceID, _ status: InstanceStatus) {
        switch status.state {
        case .stopping: instances[id]?.shim?.stop(grace: nil)
        case .starting where status.health == .none: deliver(.launched, to: id)
        case .starting, .running: resumeProbes(id, status)
        case .waiting, .stopped, .exited, .backoff, .crashLooping, .failed, .skipped: break
        }
    }

    /// No living run: what waited for time waits no longer.
    private func resumeIdle(_ id: InstanceID, _ status: InstanceStatus) {
        switch status.state {
        case .backoff: deliver(.pauseEnded, to: id)
        case .crashLooping where instances[id]?.service.restart.maxAttempts == nil: deliver(.pauseEnded, to: id)
        default: break
        }
    }

    /// A service that the project no longer has can still be stopped and forgotten.
    private func placeholder(for status: InstanceStatus) -> Service? {
        guard status.state.isAlive || status.leaving else { return nil }
        return Service(name: status.instance.service, command: [], workingDirectory: project.directory)
    }
}

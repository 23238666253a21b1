import CLinux
import Manifest
import ProcessTable
import StateDirectory

/// Requests that end something.
extension Supervisor {
    /// Stops all instances or those of `names` (services or instances), dependents first. `forget` also drops them from
    /// `status`; when nothing is left after that, the daemon's work is done.
    package func stop(services names: [String], grace: Int?, forget: Bool) throws(SupervisorError) -> [InstanceID] {
        let ids = try existing(names)
        carryOut {
            for name in Set(ids.map(\.service)) { cancelRollout(of: name) }
            for id in ids {
                stops[id] = StopIntent(grace: grace, startAgain: false)
                if forget { instances[id]?.leaving = true }
                // A second request with another grace period reaches an instance that is stopping already.
                if let grace, instances[id]?.machine.state == .stopping { deliver(.stop(grace: grace), to: id) }
                agenda.changed(id)
            }
            if forget, names.isEmpty { wantEmpty(true) }
        }
        return ids
    }

    /// Whether everything is to go, and the daemon with it. Written down with the shim that would start the daemon again: a
    /// next one under the same shim has to know, also when nothing but its own end is left to be done.
    func wantEmpty(_ isWanted: Bool) {
        if isWanted != whenEmptyIsWanted {
            writeDown(.fact("down", isWanted ? try? StateWriter.encoded(Self.keeper) : nil))
        }
        whenEmptyIsWanted = isWanted
        // With no instance there, nothing else would have anybody look.
        agenda.stops = true
    }

    /// The daemon's parent.
    package static var keeper: ProcessReference {
        let parent = getppid()
        return ProcessReference(pid: parent, startTicks: ProcessTable.stat(of: parent)?.startTicks ?? 0)
    }

    /// Sends a signal to the process groups of services. What follows is their restart policies'.
    package func kill(services names: [String], signal: Int32) throws(SupervisorError) -> [InstanceID] {
        let ids = try existing(names).filter { instances[$0]?.pid != nil }
        for id in ids {
            // The shim reaps the process only after its pidfd was seen here, so the number is still its own unless the
            // shim has just ended; then nobody is in the group any more.
            guard let pid = instances[id]?.pid, instances[id]?.shim != nil else { continue }
            CLinux.kill(-pid, signal)
            note("signalled", id, "signal \(signal)")
        }
        return ids
    }
}

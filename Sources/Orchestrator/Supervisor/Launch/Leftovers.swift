import CLinux
import ProcessTable
import StateDirectory
import SystemPackage

/// Ends what a run left behind when its shim was killed: nobody is its reaper any more.
///
/// Its cgroup has all of it. Where there is none, it is found by the run's mark in its environment, by the session that the
/// shim led, and, if it has cleared the one and left the other, as an orphan: the kernel gives orphans to the daemon's own
/// shim, the next reaper above, whose other children are the daemon and shims that an earlier daemon started. What has got
/// rid of all that on a machine without cgroups while the daemon's shim was dead, too, is not found.
struct Leftovers: Sendable {
    let stateRoot: FilePath
    let run: RunDirectory
    /// The shim's, by its process number.
    let session: Int32
    let cgroup: String?
    let daemonShim: Int32?

    /// Blocks until nothing is left, five seconds at most; what cannot be killed by then is in uninterruptible sleep.
    func end() {
        if let cgroup { Cgroups.end(cgroup) }
        let mark = "\(run.instance)/\(run.run)"
        for _ in 0..<2_500 {
            let left = sessionMembers + ProcessTable.marked(by: stateRoot, run: mark).map(\.pid) + orphans
            if left.isEmpty { return }
            for pid in left where pid > 1 { kill(pid, SIGKILL) }
            usleep(2_000)
        }
    }

    /// The shim is dead, so while anyone is left in its session its number is not given out again: a living process of
    /// that number means that the session is another's.
    private var sessionMembers: [Int32] {
        guard session > 1 else { return [] }
        if let stat = ProcessTable.stat(of: session), stat.state != "Z" { return [] }
        return ProcessTable.members(ofSession: session)
    }

    /// Children of the daemon's shim that nobody there has started. The daemon and what it starts itself, health checks, is
    /// in its shim's session; a shim of ours leads its own one.
    private var orphans: [Int32] {
        guard let daemonShim, daemonShim == getppid() else { return [] }
        let shim = ProcessTable.program(of: daemonShim)
        return ProcessTable.children(of: daemonShim).filter { pid in
            guard let stat = ProcessTable.stat(of: pid), stat.state != "Z", stat.session != daemonShim else {
                return false
            }
            return !(stat.session == pid && ProcessTable.program(of: pid) == shim)
        }
    }
}

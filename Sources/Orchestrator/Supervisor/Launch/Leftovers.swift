import CLinux
import ProcessTable
import StateDirectory
import SystemPackage

/// Ends what a run left behind when its shim was killed: nobody is its reaper any more, so it is found by the run's mark in
/// its environment and by the session that the shim led.
enum Leftovers {
    /// Blocks until nothing is left, five seconds at most; what cannot be killed by then is in uninterruptible sleep.
    static func end(stateRoot: FilePath, run: RunDirectory, session: Int32) {
        let mark = "\(run.instance)/\(run.run)"
        for _ in 0..<2_500 {
            let left = members(ofSession: session) + ProcessTable.marked(by: stateRoot, run: mark).map(\.pid)
            if left.isEmpty { return }
            for pid in left where pid > 1 { kill(pid, SIGKILL) }
            usleep(2_000)
        }
    }

    /// The shim is dead, so while anyone is left in its session its number is not given out again: a living process of
    /// that number means that the session is another's.
    private static func members(ofSession session: Int32) -> [Int32] {
        guard session > 1 else { return [] }
        if let stat = ProcessTable.stat(of: session), stat.state != "Z" { return [] }
        return ProcessTable.members(ofSession: session)
    }
}

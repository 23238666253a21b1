import CLinux
import ProcessTable
import StateDirectory
import SystemPackage

extension Shim {
    /// A daemon that was killed just after it had started a shim leaves one that has not come to its lock yet: it is no
    /// leftover of a dead run, but the run. Blocks until it has written down who it is, or nobody is on the way, five
    /// seconds at most.
    static func awaitArrival(of run: RunDirectory, stateRoot: FilePath) {
        let name = "\(run.instance)/\(run.run)"
        for _ in 0..<2_500 {
            if run.exit != nil || run.processes != nil { return }
            // The service, were it there already, has another command line.
            guard ProcessTable.marked(by: stateRoot, run: name).contains(where: { $0.command.hasPrefix("msctl-shim ") })
            else { return }
            usleep(2_000)
        }
    }
}

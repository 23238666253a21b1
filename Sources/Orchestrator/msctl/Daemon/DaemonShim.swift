import CLinux
import Glibc
import ProcessTable
import StateDirectory

/// The living shim of the project's daemon.
struct DaemonShim {
    private let layout: StateLayout
    private let pid: Int32

    /// nil when there is none.
    init?(_ layout: StateLayout) {
        guard FileLock.isHeld(layout.daemonShimLock), let processes = ShimProcesses(lock: layout.daemonShimLock) else {
            return nil
        }
        self.layout = layout
        pid = processes.shim
    }

    /// Shims of earlier releases executed msctld by its own path, and know of no restart.
    var canRestart: Bool {
        ProcessTable.command(of: pid)?.contains(" \(layout.daemonProgram) ") ?? false
    }

    /// Asks it to end the daemon and start it again.
    func restart() throws(CommandFailure) {
        let descriptor = clinux_pidfd_open(pid)
        defer { if descriptor >= 0 { close(descriptor) } }
        // Only the shim itself holds the lock, so the number was its own when the pidfd was opened.
        guard descriptor >= 0, FileLock.isHeld(layout.daemonShimLock), clinux_pidfd_signal(descriptor, SIGHUP) == 0
        else {
            throw .failed("the daemon's shim ended just now", hint: "msctl daemon restart")
        }
    }
}

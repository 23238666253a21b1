import Glibc
import StateDirectory
import SystemPackage

/// Which msctld the daemon's shim executes, now and whenever the daemon dies.
enum DaemonProgram {
    /// Points the link in the state directory to a program, at one stroke.
    static func choose(_ program: FilePath, _ layout: StateLayout) throws(CommandFailure) {
        let link = layout.daemonProgram
        let temporary = link.removingLastComponent().appending(".msctld.\(getpid()).new")
        guard symlink(program.string, temporary.string) == 0, rename(temporary.string, link.string) == 0 else {
            let error = Errno(rawValue: errno)
            unlink(temporary.string)
            throw .failed("cannot make the link \(link): \(error)")
        }
    }
}

import CLinux
import ProcessTable

package enum Processes {
    /// Whether a process of that number lives; a zombie does not.
    package static func isAlive(_ pid: Int32) -> Bool {
        guard let stat = ProcessTable.stat(of: pid) else { return false }
        return stat.state != "Z" && stat.state != "X"
    }

    /// Returns when the process has ended, or false after `seconds`.
    package static func waitForEnd(_ pid: Int32, seconds: Int32 = 10) -> Bool {
        let descriptor = clinux_pidfd_open(pid)
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, seconds * 1000) > 0
    }
}

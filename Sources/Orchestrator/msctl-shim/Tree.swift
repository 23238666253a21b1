import CLinux

/// Everything that descends from the shim. Whatever double-forks or calls setsid(2) still ends up here, because the shim
/// is the reaper of its orphans: when wait(2) finds no child any more, the tree is provably gone.
enum Tree {
    /// The next child that has ended, if one has.
    static func reap() -> (pid: Int32, status: Int32)? {
        var status: Int32 = 0
        let pid = waitpid(-1, &status, WNOHANG)
        return pid > 0 ? (pid, status) : nil
    }

    static var isEmpty: Bool {
        var information = siginfo_t()
        return waitid(P_ALL, 0, &information, WEXITED | WNOHANG | WNOWAIT) < 0 && clinux_errno() == ECHILD
    }

    /// SIGKILL to every child. Their children become ours and come next: the caller repeats this until the tree is empty.
    static func kill() {
        let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: 65_536)
        defer { buffer.deallocate() }
        let file = clinux_open("/proc/thread-self/children", O_RDONLY, 0)
        guard file >= 0 else { return }
        var total = 0
        while total < 65_535 {
            let count = read(file, buffer + total, 65_535 - total)
            if count <= 0 { break }
            total += count
        }
        close(file)
        buffer[total] = 0
        var cursor: UnsafeMutablePointer<CChar>? = buffer
        while let position = cursor {
            let pid = Int32(strtol(position, &cursor, 10))
            guard pid > 1 else { return }
            CLinux.kill(pid, SIGKILL)
        }
    }
}

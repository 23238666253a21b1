import CLinux
import ProcessTable

/// A child of the test, waited for by its number alone: Foundation's Process learns of an end through a socket that
/// children of other tests may have inherited, and makes its child a group leader, which setsid(2) refuses.
package struct SpawnedProcess: Sendable {
    package let pid: Int32

    /// With the test's own environment unless one is given; `actions` as in posix_spawn(3).
    package init(
        _ program: String, _ arguments: [String], environment: [String: String]? = nil,
        actions: UnsafePointer<posix_spawn_file_actions_t>? = nil
    ) throws {
        var argv: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
        argv.append(nil)
        var envp: [UnsafeMutablePointer<CChar>?] = (environment ?? [:]).map { strdup("\($0.key)=\($0.value)") }
        envp.append(nil)
        defer { (argv + envp).forEach { free($0) } }
        var pid: Int32 = 0
        let error =
            environment == nil
            ? posix_spawn(&pid, program, actions, nil, argv, clinux_environ())
            : posix_spawn(&pid, program, actions, nil, argv, envp)
        guard error == 0 else { throw SpawnFailed(error: error) }
        self.pid = pid
        waitForEnvironment()
    }

    /// posix_spawn(3) returns when the child has left the parent's memory, which is a moment before the kernel shows the
    /// new program's arguments and environment (proc(5)).
    private func waitForEnvironment() {
        while Self.size(of: "/proc/\(pid)/cmdline") == 0, let stat = ProcessTable.stat(of: pid), stat.state != "Z" {
            usleep(100)
        }
    }

    /// What can be read, at most one byte; -1 when there is no such file.
    private static func size(of path: String) -> Int {
        let file = clinux_open(path, O_RDONLY, 0)
        guard file >= 0 else { return -1 }
        defer { close(file) }
        var byte: UInt8 = 0
        return read(file, &byte, 1)
    }

    package func send(_ signal: Int32) { kill(pid, signal) }

    /// Waits for the end: the exit code, or 128 and the signal.
    @discardableResult
    package func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, clinux_errno() == EINTR {}
        return clinux_exited(status) != 0 ? clinux_exit_code(status) : 128 + clinux_term_signal(status)
    }
}

struct SpawnFailed: Error { let error: Int32 }

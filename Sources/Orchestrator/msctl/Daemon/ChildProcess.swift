import CLinux
import Glibc

/// Starts programs with nothing of ours but what is given: no descriptor, no signal mask, no ignored signal.
struct ChildProcess {
    let pid: pid_t

    /// Where a child's stdout and stderr go.
    enum Output {
        case null
        /// Both, to this descriptor.
        case descriptor(Int32)
    }

    /// - Throws: the failed call's errno.
    static func start(
        _ program: String, arguments: [String], directory: String, environment: [String: String], output: Output
    ) throws(ChildError) -> ChildProcess {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        switch output {
        case .null:
            posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
            posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        case .descriptor(let descriptor):
            posix_spawn_file_actions_adddup2(&actions, descriptor, STDOUT_FILENO)
            posix_spawn_file_actions_adddup2(&actions, descriptor, STDERR_FILENO)
        }
        // Whatever we were started with stays with us.
        clinux_spawn_closefrom(&actions, 3)
        clinux_spawn_chdir(&actions, directory)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var pid = pid_t()
        let code = withVector([program] + arguments) { argv in
            withVector(environment.map { "\($0)=\($1)" }.sorted()) { envp in
                posix_spawnp(&pid, program, &actions, &attributes, argv, envp)
            }
        }
        guard code == 0 else { throw ChildError(program: program, errno: code) }
        return ChildProcess(pid: pid)
    }

    /// Blocks until it has ended: its exit code, or 128 and the signal's number as shells say it.
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }

    private static func withVector<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) } + [nil]
        defer { for copy in copies { free(copy) } }
        return copies.withUnsafeBufferPointer { buffer in
            // The buffer holds at least the final null pointer, so it has an address.
            guard let base = buffer.baseAddress else { preconditionFailure("empty vector") }
            return body(base)
        }
    }
}

/// A program could not be started.
struct ChildError: Error, CustomStringConvertible {
    let program: String
    let errno: Int32

    var description: String { "\(program): \(String(cString: strerror(errno)))" }
}

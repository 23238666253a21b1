import CLinux

/// The service's own process: leader of a process group in the shim's session.
struct Child {
    /// -1 when it could not even be forked.
    let pid: Int32
    /// errno of fork(2) or execve(2); 0 when the program runs.
    let error: Int32

    init(_ arguments: Arguments, _ output: Output) {
        // Closed by a successful execve(2), so that an end of file says: it runs.
        var trouble: (read: Int32, write: Int32) = (-1, -1)
        let made = withUnsafeMutablePointer(to: &trouble) { pair in
            pair.withMemoryRebound(to: Int32.self, capacity: 2) { clinux_pipe($0) }
        }
        guard made == 0 else {
            (pid, error) = (-1, clinux_errno())
            return
        }
        let forked = fork()
        if forked == 0 { Child.run(arguments, output, trouble: trouble.write) }
        close(trouble.write)
        var cause: Int32 = forked < 0 ? clinux_errno() : 0
        if forked > 0, read(trouble.read, &cause, 4) != 4 { cause = 0 }
        close(trouble.read)
        (pid, error) = (forked, cause)
    }

    /// In the child, up to execve(2).
    private static func run(_ arguments: Arguments, _ output: Output, trouble: Int32) -> Never {
        setpgid(0, 0)
        clinux_default_signals()
        let null = clinux_open("/dev/null", O_RDONLY, 0)
        dup2(null, 0)
        dup2(output.out, 1)
        dup2(output.err, 2)
        if let program = arguments.command[0] {
            if arguments.reportsStatus { close(statusDescriptor) }
            _ = execve(program, arguments.command, clinux_environ())
        }
        var cause = clinux_errno()
        _ = write(trouble, &cause, 4)
        _exit(127)
    }
}

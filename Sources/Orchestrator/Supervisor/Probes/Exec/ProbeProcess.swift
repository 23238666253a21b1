import CLinux
import SystemPackage

/// The process of a `test:`, leader of a process group of its own, with its output on a pipe.
struct ProbeProcess: Sendable {
    enum NotStarted: Error {
        case noProgram(String)
        case system(Errno)

        var description: String {
            switch self {
            case .noProgram(let name): "there is no program '\(name)'"
            case .system(let error): "\(error)"
            }
        }
    }

    let pid: Int32
    /// A pidfd: readable when the process has ended.
    let descriptor: Int32
    /// The pipe's end to read from.
    let output: Int32

    /// Blocks until the program runs, which takes the kernel some time and a lost file system for ever.
    ///
    /// - Parameter wrapper: a program and arguments that the command is put behind; empty for none.
    static func start(
        _ command: [String], in wrapper: [String], environment: [String: String], directory: String
    ) throws(NotStarted) -> ProbeProcess {
        let arguments = command.count == 1 ? ["/bin/sh", "-c", command[0]] : command
        let program = try lookUp(arguments[0], environment["PATH"] ?? "")
        let whole = wrapper.isEmpty ? arguments : wrapper + [program] + arguments.dropFirst()
        var ends: (read: Int32, write: Int32) = (-1, -1)
        let made = withUnsafeMutablePointer(to: &ends) { pair in
            pair.withMemoryRebound(to: Int32.self, capacity: 2) { clinux_pipe($0) }
        }
        guard made == 0 else { throw .system(Errno(rawValue: clinux_errno())) }
        let null = clinux_open("/dev/null", O_RDONLY, 0)
        defer {
            close(null)
            close(ends.write)
        }
        let pid: Int32
        do {
            pid = try Spawn.run(
                wrapper.first ?? program, whole, environment: environment, directory: directory,
                descriptors: [null, ends.write, ends.write], group: true)
        } catch {
            close(ends.read)
            throw .system(error)
        }
        let descriptor = clinux_pidfd_open(pid)
        guard descriptor >= 0 else {
            let error = Errno(rawValue: clinux_errno())
            var status: Int32 = 0
            kill(-pid, SIGKILL)
            waitpid(pid, &status, 0)
            close(ends.read)
            throw .system(error)
        }
        return ProbeProcess(pid: pid, descriptor: descriptor, output: ends.read)
    }

    private static func lookUp(_ name: String, _ path: String) throws(NotStarted) -> String {
        if name.contains("/") { return name }
        for place in path.split(separator: ":") {
            let candidate = "\(place)/\(name)"
            if access(candidate, X_OK) == 0 { return candidate }
        }
        throw .noProgram(name)
    }

    /// What it has written, as far as it is there; nil at the end. Blocks when nothing is there.
    func read() -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            count = max(0, CLinux.read(output, buffer.baseAddress, buffer.count))
        }
        return bytes.isEmpty ? nil : bytes
    }

    /// Whether `read` would not block.
    var hasOutput: Bool {
        var waiting = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) > 0
    }

    /// Ends what is left of the group and gives how the ended process went: its exit code, or 128 and the signal.
    func reap() -> Int32 {
        // Before its number is given back: as long as the process is a zombie, the group cannot be another's.
        kill(-pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        close(descriptor)
        return clinux_exited(status) != 0 ? clinux_exit_code(status) : 128 + clinux_term_signal(status)
    }

    /// Ends a process that nobody asks for any more.
    func abandon(on loop: EventLoop) {
        close(output)
        end(on: loop)
    }

    /// Kills it with its group, without waiting: the loop reaps it when it is gone.
    func end(on loop: EventLoop) {
        kill(-pid, SIGKILL)
        loop.once(readable: descriptor) { _ = reap() }
    }
}

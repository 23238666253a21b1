import CLinux
import Foundation
import SystemPackage

/// A program that has the terminal: our stdin, stdout and stderr, and our process group. It does not outlive us.
struct ForegroundCommand: Sendable {
    /// nil for one that could not be started.
    private let descriptor: Int32
    private let exitCode: Latch<Int32>

    /// - Parameter command: the program, looked for on `PATH` when its name has no slash, and its arguments.
    static func start(
        _ command: [String], directory: FilePath, environment: [String: String]
    ) async throws(CommandFailure) -> ForegroundCommand {
        let program = try find(command[0], directory: directory, path: environment["PATH"] ?? "")
        let exitCode = Latch<Int32>()
        let started = Latch<Result<Int32, CommandFailure>>()
        // The kernel ends the program when the thread that started it ends, so that thread waits for its end.
        Thread.detachNewThread {
            let child = fork(program.string, command, directory: directory.string, environment: environment)
            switch child {
            case .failure(let failure): started.set(.failure(failure))
            case .success(let pid):
                // Not reaped before it is waited for below, so the number is still its own.
                started.set(.success(clinux_pidfd_open(pid)))
                var status: Int32 = 0
                while waitpid(pid, &status, 0) < 0, clinux_errno() == EINTR {}
                exitCode.set(
                    clinux_exited(status) != 0 ? clinux_exit_code(status) : 128 + clinux_term_signal(status))
            }
        }
        guard let result = await started.value() else { throw .failed("cancelled") }
        return ForegroundCommand(descriptor: try result.get(), exitCode: exitCode)
    }

    /// Its exit code, or 128 and the number of the signal that ended it.
    func wait() async -> Int32 { await exitCode.value() ?? 1 }

    func send(_ signal: Int32) { _ = clinux_pidfd_signal(descriptor, signal) }

    /// 127 when there is no such program, 126 when it cannot be run, as shells say it.
    static func find(_ name: String, directory: FilePath, path: String) throws(CommandFailure) -> FilePath {
        let candidates =
            name.contains("/")
            ? [directory.pushing(FilePath(name))]
            : path.split(separator: ":").map { directory.pushing(FilePath(String($0))).appending(name) }
        let files = candidates.filter { access($0.string, F_OK) == 0 && clinux_is_directory($0.string) == 0 }
        if let program = files.first(where: { access($0.string, X_OK) == 0 }) { return program }
        if let file = files.first { throw .notExecutable("\(file) cannot be run", hint: "chmod +x \(file)") }
        throw .noProgram(
            "there is no program '\(name)'" + (name.contains("/") ? "" : " on PATH"),
            hint: name.contains(" ") ? "give its arguments as words of their own" : nil)
    }

    // MARK: fork and exec

    private static func fork(
        _ program: String, _ command: [String], directory: String, environment: [String: String]
    ) -> Result<Int32, CommandFailure> {
        var ends: (read: Int32, write: Int32) = (-1, -1)
        let made = withUnsafeMutablePointer(to: &ends) { pair in
            pair.withMemoryRebound(to: Int32.self, capacity: 2) { clinux_pipe($0) }
        }
        guard made == 0 else { return .failure(.failed("no pipe: \(Errno(rawValue: clinux_errno()))")) }
        defer { close(ends.read) }
        let vectors = [command, environment.map { "\($0)=\($1)" }.sorted()].map { strings in
            strings.map { strdup($0) } + [nil]
        }
        defer { for pointer in vectors.joined() { free(pointer) } }
        let parent = getpid()
        let pid = vectors[0].withUnsafeBufferPointer { argv in
            vectors[1].withUnsafeBufferPointer { envp in
                program.withCString { program in
                    directory.withCString { directory in
                        let pid = CLinux.fork()
                        if pid == 0 {
                            become(program, argv.baseAddress, envp.baseAddress, directory, parent, trouble: ends.write)
                        }
                        return pid
                    }
                }
            }
        }
        close(ends.write)
        guard pid > 0 else { return .failure(.failed("no process: \(Errno(rawValue: clinux_errno()))")) }
        var error: Int32 = 0
        guard read(ends.read, &error, 4) == 4 else { return .success(pid) }
        waitpid(pid, nil, 0)
        return .failure(.notExecutable("\(program) cannot be run: \(Errno(rawValue: error))"))
    }

    /// In the child, where nothing but system calls is allowed: other threads may have held locks when it was made.
    private static func become(
        _ program: UnsafePointer<CChar>, _ argv: UnsafePointer<UnsafeMutablePointer<CChar>?>?,
        _ envp: UnsafePointer<UnsafeMutablePointer<CChar>?>?, _ directory: UnsafePointer<CChar>, _ parent: Int32,
        trouble: Int32
    ) -> Never {
        _ = clinux_die_with_parent(SIGKILL)
        // Caught signals are back at their defaults after execve(2); blocked ones would stay blocked.
        var none = sigset_t()
        sigemptyset(&none)
        sigprocmask(SIG_SETMASK, &none, nil)
        if let argv, let envp, getppid() == parent, chdir(directory) == 0 { execve(program, argv, envp) }
        var error = clinux_errno()
        _ = write(trouble, &error, 4)
        _exit(127)
    }
}

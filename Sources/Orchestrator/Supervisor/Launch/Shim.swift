import CLinux
import StateDirectory
import SystemPackage

/// A living shim: the parent of one run's process tree, held by a pidfd so that its number cannot be mistaken.
struct Shim: Sendable {
    let pid: Int32
    let descriptor: Int32
    /// The shim was started by this daemon, which then has to reap it.
    let isChild: Bool

    /// How a shim ended.
    enum End {
        /// It has seen to the end of its tree.
        case byItself
        case killed
        /// Another daemon started it.
        case unseen
    }

    /// Starts a shim for a run whose directory is made. `status` is to be read once, see ``LaunchReport``. A stop may be
    /// asked for at once: it waits for the shim to have its service under way.
    static func start(
        _ program: FilePath, spec: LaunchSpec, sockets: [PassedSocket], run: RunDirectory
    ) throws(LaunchError) -> (shim: Shim, status: Int32) {
        var ends: (read: Int32, write: Int32) = (-1, -1)
        let made = withUnsafeMutablePointer(to: &ends) { pair in
            pair.withMemoryRebound(to: Int32.self, capacity: 2) { clinux_pipe($0) }
        }
        guard made == 0 else { throw .system("no pipe: \(Errno(rawValue: clinux_errno()))") }
        defer { close(ends.write) }
        let null = clinux_open("/dev/null", O_RDWR, 0)
        defer { close(null) }
        do {
            let pid = try Spawn.run(
                program.string, arguments(spec, sockets, run), environment: spec.environment,
                directory: spec.workingDirectory,
                descriptors: [null, null, null, ends.write] + sockets.map(\.descriptor), blocked: true)
            let descriptor = clinux_pidfd_open(pid)
            guard descriptor >= 0 else { throw Errno(rawValue: clinux_errno()) }
            return (Shim(pid: pid, descriptor: descriptor, isChild: true), ends.read)
        } catch {
            close(ends.read)
            throw .system("cannot start \(program): \(error)")
        }
    }

    /// Its command line, as `Shim.swift` of the shim describes it.
    private static func arguments(_ spec: LaunchSpec, _ sockets: [PassedSocket], _ run: RunDirectory) -> [String] {
        var arguments = [
            "msctl-shim", "--status", "--stop-signal", "\(spec.stopSignal)", "--grace", "\(spec.graceMilliseconds)",
        ]
        if let cgroup = spec.cgroup { arguments += ["--cgroup", cgroup] }
        if !sockets.isEmpty { arguments += ["--sockets", "\(sockets.count)"] }
        arguments += spec.attributes?.shimOptions ?? []
        return arguments + [run.path.string, "--", spec.program] + spec.arguments.dropFirst()
    }

    /// The shim of a run that another daemon started; nil when it has ended.
    static func adopt(_ run: RunDirectory) -> (shim: Shim, service: Int32)? {
        guard run.isAlive, let processes = run.processes else { return nil }
        let descriptor = clinux_pidfd_open(processes.shim)
        guard descriptor >= 0 else { return nil }
        // Asked again: only the shim itself holds the lock, so the number was its own when the pidfd was opened.
        guard run.isAlive else {
            close(descriptor)
            return nil
        }
        return (Shim(pid: processes.shim, descriptor: descriptor, isChild: false), processes.service)
    }

    /// Asks it to stop its service: the grace period in ms, or the one it was started with.
    func stop(grace: Int?) {
        if let grace {
            _ = clinux_pidfd_queue(descriptor, SIGTERM, Int32(clamping: grace))
        } else {
            _ = clinux_pidfd_signal(descriptor, SIGTERM)
        }
    }

    /// Lets go of an ended shim.
    func release() -> End {
        close(descriptor)
        var status: Int32 = 0
        guard isChild, waitpid(pid, &status, WNOHANG) == pid else { return .unseen }
        return clinux_exited(status) != 0 ? .byItself : .killed
    }
}

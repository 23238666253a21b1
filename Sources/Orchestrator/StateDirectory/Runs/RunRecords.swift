import CLinux
import SystemPackage

/// What a run's directory says of it.
extension RunDirectory {
    /// Whether its shim lives, and so perhaps something of its tree.
    package var isAlive: Bool { FileLock.isHeld(shimLock) }

    /// The shim and the service's own process, as the shim wrote them.
    package var processes: ShimProcesses? { ShimProcesses(lock: shimLock) }

    /// How it ended; nil while it runs, and for ever when its shim was killed.
    package var exit: ExitRecord? {
        guard let bytes = try? AtomicFile.read(exitRecord) else { return nil }
        return ExitRecord(String(decoding: bytes, as: UTF8.self))
    }
}

/// What a shim writes into the lock file it holds.
package struct ShimProcesses: Sendable, Hashable {
    package let shim: Int32
    package let service: Int32

    /// nil when there is no such file, or the shim has not come that far.
    package init?(lock: FilePath) {
        guard let bytes = (try? AtomicFile.read(lock)) ?? nil else { return nil }
        let numbers = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }.compactMap { Int32($0) }
        guard numbers.count == 2 else { return nil }
        shim = numbers[0]
        service = numbers[1]
    }
}

extension StateLayout {
    /// The daemon and its shim, who hold listening sockets for services; empty when neither runs.
    package var daemonProcesses: [Int32] {
        guard FileLock.isHeld(daemonShimLock), let processes = ShimProcesses(lock: daemonShimLock) else { return [] }
        return [processes.shim, processes.service]
    }
}

/// The line that a shim leaves when its service has ended: `code N TIME` or `signal N TIME`, with ` oom` behind it when the
/// memory limit was the reason; `errno N TIME`, `limit N TIME`, `user N TIME` or `reach N TIME` when it never ran.
package struct ExitRecord: Sendable, Hashable {
    package enum End: Sendable, Hashable {
        case exited(ExitStatus)
        /// The program could not be executed; the errno of execve(2).
        case notExecutable(Int32)
        /// What comes before execve(2) failed; errno.
        case notPrepared(LaunchStep, Int32)
    }
    package let end: End
    /// Milliseconds since 1970.
    package let time: Int64
    /// The kernel ended a process of the run because the instance's memory limit was reached.
    package let ranOutOfMemory: Bool

    package init?(_ text: String) {
        let words = text.split { $0 == " " || $0 == "\n" }
        guard words.count == 3 || (words.count == 4 && words[3] == "oom"), let number = Int32(words[1]),
            let time = Int64(words[2])
        else { return nil }
        switch words[0] {
        case "code": end = .exited(.code(number))
        case "signal": end = .exited(.signal(number))
        case "errno": end = .notExecutable(number)
        default:
            guard let step = LaunchStep(rawValue: String(words[0])) else { return nil }
            end = .notPrepared(step, number)
        }
        self.time = time
        ranOutOfMemory = words.count == 4
    }

    package var status: ExitStatus {
        switch end {
        case .exited(let status): status
        case .notExecutable, .notPrepared: .code(127)
        }
    }
}

/// What a shim does for a service before execve(2).
package enum LaunchStep: String, Sendable, Hashable {
    /// setrlimit(2).
    case limit
    /// setgroups(2), setgid(2), setuid(2).
    case user
    /// Looking whether the service's user may enter its directories.
    case reach
}

extension StateLayout {
    /// The instances that have ever run, in order.
    package var instances: [InstanceID] {
        AtomicFile.names(in: runs).compactMap { InstanceID($0) }.sorted()
    }

    /// The runs that an instance still has, oldest first.
    package func allRuns(of instance: InstanceID) -> [RunDirectory] {
        AtomicFile.names(in: runs(of: instance)).compactMap { Int($0) }.sorted().map { run($0, of: instance) }
    }
}

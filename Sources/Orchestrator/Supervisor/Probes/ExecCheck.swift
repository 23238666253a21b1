import CLinux
import Manifest
import StateDirectory
import SystemPackage

/// `healthcheck.test`: a command in the service's environment; 0 passes. A single word is a shell's line (`CMD-SHELL`).
struct ExecCheck {
    let command: [String]
    let environment: [String: String]
    let workingDirectory: String
    let timeout: Duration

    func ask(at time: Int64) async -> ProbeReport {
        let watch = Stopwatch()
        let answer = await Blocking.run { run() }
        let outcome: ProbeReport.Outcome
        let what: String
        switch answer.end {
        case .exited(0): (outcome, what) = (.passed, "exited with code 0")
        case .exited(let code): (outcome, what) = (.failed, "exited with code \(code)")
        case .timedOut: (outcome, what) = (.timedOut, "not done within \(timeout.milliseconds) ms")
        case .notStarted(let error): (outcome, what) = (.failed, "cannot be started: \(error)")
        }
        return ProbeReport(
            time: time, outcome: outcome, latencyMilliseconds: watch.milliseconds,
            detail: "\(command.joined(separator: " ")): \(what)", body: answer.output.isEmpty ? nil : answer.output)
    }

    private enum End: Sendable {
        case exited(Int32)
        case timedOut
        case notStarted(Errno)
    }

    private func run() -> (end: End, output: String) {
        var ends: (read: Int32, write: Int32) = (-1, -1)
        let made = withUnsafeMutablePointer(to: &ends) { pair in
            pair.withMemoryRebound(to: Int32.self, capacity: 2) { clinux_pipe($0) }
        }
        guard made == 0 else { return (.notStarted(Errno(rawValue: clinux_errno())), "") }
        let null = clinux_open("/dev/null", O_RDONLY, 0)
        let arguments = command.count == 1 ? ["/bin/sh", "-c", command[0]] : command
        defer { close(ends.read) }
        let pid: Int32
        do {
            pid = try Spawn.run(
                try lookUp(arguments[0]), arguments, environment: environment, directory: workingDirectory,
                descriptors: [null, ends.write, ends.write], group: true)
        } catch {
            close(ends.write)
            close(null)
            return (.notStarted(error), "")
        }
        close(ends.write)
        close(null)
        defer { kill(-pid, SIGKILL) }
        return wait(pid, output: ends.read)
    }

    /// Ends when the command does: what it left behind may hold the pipe, and is killed by group.
    private func wait(_ pid: Int32, output: Int32) -> (end: End, output: String) {
        let process = clinux_pidfd_open(pid)
        defer { close(process) }
        let deadline = ContinuousClock.now + timeout
        var kept: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        var waiting = [
            pollfd(fd: process, events: Int16(POLLIN), revents: 0),
            pollfd(fd: output, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let left = (deadline - ContinuousClock.now).milliseconds
            guard left > 0, poll(&waiting, 2, Int32(clamping: left)) > 0 else {
                kill(-pid, SIGKILL)
                var status: Int32 = 0
                waitpid(pid, &status, 0)
                return (.timedOut, String(decoding: kept, as: UTF8.self))
            }
            if waiting[1].revents != 0 {
                let count = chunk.withUnsafeMutableBytes { read(output, $0.baseAddress, $0.count) }
                if count > 0 { kept += chunk[..<min(count, max(0, 200 - kept.count))] } else { waiting[1].fd = -1 }
            } else if waiting[0].revents != 0 {
                var status: Int32 = 0
                waitpid(pid, &status, 0)
                let code = clinux_exited(status) != 0 ? clinux_exit_code(status) : 128 + clinux_term_signal(status)
                return (.exited(code), String(decoding: kept, as: UTF8.self))
            }
        }
    }

    private func lookUp(_ name: String) throws(Errno) -> String {
        if name.contains("/") { return name }
        for place in (environment["PATH"] ?? "").split(separator: ":") {
            let candidate = "\(place)/\(name)"
            if access(candidate, X_OK) == 0 { return candidate }
        }
        throw .noSuchFileOrDirectory
    }
}

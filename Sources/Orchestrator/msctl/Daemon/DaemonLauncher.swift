import ControlAPI
import StateDirectory
import SystemPackage

/// Sees to it that a daemon looks after the project.
struct DaemonLauncher {
    let layout: StateLayout
    let projectDirectory: FilePath
    let environment: [String: String]
    let control: ControlClient

    init(layout: StateLayout, context: CommandContext) throws(CommandFailure) {
        self.layout = layout
        projectDirectory = layout.root.removingLastComponent()
        environment = context.environment
        control = try ControlClient(layout: layout)
    }

    /// The daemon's client, once it answers; started when there is none.
    func ensure() async throws(CommandFailure) -> ControlClient {
        if let status = try await control.statusIfAnswering() {
            try check(status)
            return control
        }
        if !isPresent { try launch() }
        try check(try await answered())
        return control
    }

    /// A daemon that is starting, or being restarted by its shim, has one of its locks before it answers.
    private var isPresent: Bool {
        FileLock.isHeld(layout.daemonLock) || FileLock.isHeld(layout.daemonShimLock)
    }

    /// The shim makes a session of its own, so the terminal's signals do not reach the daemon.
    private func launch() throws(CommandFailure) {
        let shim = try Binaries.find("msctl-shim")
        let daemon = try Binaries.find("msctld")
        try CommandFailure.reading { () throws(StateError) in
            try AtomicFile.makeDirectory(layout.root)
            try AtomicFile.makeDirectory(layout.daemonRun)
        }
        let passedOn = ["PATH", "HOME", "LANG", "TZ", "XDG_RUNTIME_DIR"]
        do {
            _ = try ChildProcess.start(
                shim.string,
                arguments: [
                    "--respawn", "--log", layout.daemonLog.string, layout.daemonRun.string, "--", daemon.string,
                    projectDirectory.string,
                ],
                directory: projectDirectory.string, environment: environment.filter { passedOn.contains($0.key) },
                output: .null)
        } catch {
            throw .failed("the daemon cannot be started: \(error)")
        }
    }

    private func answered() async throws(CommandFailure) -> DaemonStatus {
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            if let status = try await control.statusIfAnswering() { return status }
            // Only cancellation ends the sleep early, and then the next question fails.
            try? await Task.sleep(for: .milliseconds(2))
        }
        throw .failed(
            "msctld does not answer", hint: "its log is \(layout.daemonLog)",
            details: TextTail.lines(of: layout.daemonLog, count: 10))
    }

    private func check(_ status: DaemonStatus) throws(CommandFailure) {
        guard status.version == ControlAPI.version else {
            throw .failed(
                "the running msctld speaks version \(status.version), this msctl \(ControlAPI.version)",
                hint: "msctl daemon restart")
        }
    }
}

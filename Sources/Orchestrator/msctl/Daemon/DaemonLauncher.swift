import ControlAPI
import StateDirectory
import SystemPackage

/// Sees to it that a daemon looks after the project.
struct DaemonLauncher {
    let layout: StateLayout
    let projectDirectory: FilePath
    let environment: [String: String]

    init(layout: StateLayout, context: CommandContext) {
        self.layout = layout
        projectDirectory = layout.root.removingLastComponent()
        environment = context.environment
    }

    /// The daemon's client, once it answers; started when there is none.
    func ensure() async throws(CommandFailure) -> ControlClient {
        // The client loads libcurl, which takes as long as a daemon takes to start: side by side.
        if !isPresent { try launch() }
        let control = try ControlClient(layout: layout)
        try check(try await answer(control))
        return control
    }

    /// Has the daemon end and come back as the msctld of now. Its shim stays, with the listening sockets that it keeps for
    /// services; they and their shims do not notice.
    func renew() async throws(CommandFailure) {
        let control = try ControlClient(layout: layout)
        let before = try await control.statusIfAnswering()
        guard let shim = DaemonShim(layout), shim.canRestart else {
            // Nothing runs, or a shim that knows no other way than to end with its daemon.
            if before != nil {
                _ = try await control.shutDown()
                try await DaemonEnd.wait(layout)
            }
            _ = try await ensure()
            return
        }
        try DaemonProgram.choose(try Binaries.find("msctld"), layout)
        try shim.restart()
        try check(try await answer(control, after: before?.pid))
    }

    /// A daemon that is starting, or being restarted by its shim, has one of its locks before it answers.
    private var isPresent: Bool {
        FileLock.isHeld(layout.daemonLock) || FileLock.isHeld(layout.daemonShimLock)
    }

    /// The shim makes a session of its own, so the terminal's signals do not reach the daemon.
    private func launch() throws(CommandFailure) {
        let shim = try Binaries.find("msctl-shim")
        try CommandFailure.reading { () throws(StateError) in
            try AtomicFile.makeDirectory(layout.root)
            try AtomicFile.makeDirectory(layout.daemonRun)
        }
        try DaemonProgram.choose(try Binaries.find("msctld"), layout)
        let passedOn = ["PATH", "HOME", "LANG", "TZ", "XDG_RUNTIME_DIR"]
        do {
            _ = try ChildProcess.start(
                shim.string,
                arguments: [
                    "--respawn", "--log", layout.daemonLog.string, layout.daemonRun.string, "--",
                    layout.daemonProgram.string,
                    projectDirectory.string,
                ],
                directory: projectDirectory.string, environment: environment.filter { passedOn.contains($0.key) },
                output: .null)
        } catch {
            throw .failed("the daemon cannot be started: \(error)")
        }
    }

    /// - Parameter previous: the process number of a daemon that is to go first.
    private func answer(
        _ control: ControlClient, after previous: Int32? = nil
    ) async throws(CommandFailure) -> DaemonStatus {
        let deadline = ContinuousClock.now + .seconds(30)
        var absent = 0
        while ContinuousClock.now < deadline, previous == nil || isPresent {
            // It was about to end when it was found. A shim has its lock within milliseconds of its start.
            absent = isPresent ? 0 : absent + 1
            if absent == 100 {
                absent = 0
                try launch()
            }
            if let status = try await control.statusIfAnswering(), status.pid != previous { return status }
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

import CLinux
import Foundation
import SystemPackage
import TestSupport

/// A program while it runs, as somebody at a terminal or a script has it: its output can be read and signals sent to it.
final class InteractiveCommand: Sendable {
    /// Where the program's stdout goes.
    enum Output {
        case file
        /// A pipe that the test reads, or does not.
        case pipe
    }

    let process: SpawnedProcess
    /// The reading end of stdout; -1 when it is a file.
    let output: Int32
    /// The writing end of stdin.
    private let input: Int32
    private let files: TemporaryDirectory

    init(
        _ program: String, _ arguments: [String], directory: FilePath, environment: [String: String],
        output kind: Output = .file
    ) throws {
        files = TemporaryDirectory()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let stdin = try Self.pipe()
        posix_spawn_file_actions_adddup2(&actions, stdin.read, 0)
        var stdout: (read: Int32, write: Int32) = (-1, -1)
        switch kind {
        case .file:
            let path = files.path.appending("out").string
            posix_spawn_file_actions_addopen(&actions, 1, path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        case .pipe:
            stdout = try Self.pipe()
            posix_spawn_file_actions_adddup2(&actions, stdout.write, 1)
        }
        let errors = files.path.appending("err").string
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        _ = clinux_spawn_chdir(&actions, directory.string)
        process = try SpawnedProcess(program, arguments, environment: environment, actions: &actions)
        close(stdin.read)
        if stdout.write >= 0 { close(stdout.write) }
        input = stdin.write
        output = stdout.read
    }

    deinit {
        close(input)
        if output >= 0 { close(output) }
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: (read: Int32, write: Int32) = (-1, -1)
        let made = withUnsafeMutablePointer(to: &ends) { pair in
            pair.withMemoryRebound(to: Int32.self, capacity: 2) { clinux_pipe($0) }
        }
        guard made == 0 else { throw Errno(rawValue: clinux_errno()) }
        return ends
    }

    func send(_ signal: Int32) { process.send(signal) }

    /// As if typed.
    func type(_ text: String) {
        var text = text
        text.withUTF8 { _ = write(input, $0.baseAddress, $0.count) }
    }

    var printed: String { text("out") }
    var said: String { text("err") }

    private func text(_ name: String) -> String {
        (try? String(contentsOfFile: files.path.appending(name).string, encoding: .utf8)) ?? ""
    }

    /// Returns when what it said on stderr contains the text; false when it ended, or after 60 s, without having said so.
    func says(_ text: String) -> Bool { waits { self.said.contains(text) } }

    /// The same of stdout, in a file.
    func prints(_ text: String) -> Bool { waits { self.printed.contains(text) } }

    private func waits(_ holds: () -> Bool) -> Bool {
        let deadline = ContinuousClock.now + .seconds(60)
        while !holds() {
            if ContinuousClock.now > deadline || !Processes.isAlive(process.pid) { return holds() }
            usleep(2_000)
        }
        return true
    }

    /// Lets go of the pipe: the program's next write fails.
    func stopReading() {
        let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
        // In the pipe's place, so that its number is nobody else's.
        dup2(nothing, output)
        close(nothing)
    }

    /// Waits for the end: the exit code, or 128 and the signal. Off the threads that tests share.
    @discardableResult
    func end() async -> Int32 {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: self.process.wait()) }
        }
    }
}

extension ProjectUnderTest {
    /// Starts `msctl` in the project's directory.
    func start(_ arguments: String..., output: InteractiveCommand.Output = .file) throws -> InteractiveCommand {
        try InteractiveCommand(
            BuiltProducts.path("msctl").string, arguments, directory: path, environment: environment, output: output)
    }

    /// Starts a shell's line, with `msctl` on `PATH`, on a terminal of its own whose keys `type` presses; all that comes to
    /// the terminal is its output.
    func startOnTerminal(_ line: String) throws -> InteractiveCommand {
        var environment = environment
        environment["PATH"] = "\(BuiltProducts.directory):/usr/bin:/bin"
        environment["TERM"] = "xterm"
        environment["SHELL"] = "/bin/sh"
        return try InteractiveCommand(
            "/usr/bin/script",
            ["--quiet", "--flush", "--return", "--command", "stty cols 70 rows 12; \(line)", "/dev/null"],
            directory: path, environment: environment)
    }
}

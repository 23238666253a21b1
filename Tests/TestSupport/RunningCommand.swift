import CLinux
import Dispatch
import Foundation
import SystemPackage

/// What a program printed and how it ended.
package struct CommandResult: Sendable, CustomStringConvertible {
    /// The exit code, or 128 and the signal.
    package let code: Int32
    package let output: String
    package let errors: String

    package var description: String { "exit \(code)\n--- stdout\n\(output)--- stderr\n\(errors)" }
}

/// A program under way, as a script runs it: no terminal, output into files. It has to be waited for.
package final class RunningCommand: Sendable {
    private let process: SpawnedProcess
    private let files: TemporaryDirectory

    package var pid: Int32 { process.pid }

    package init(
        _ program: String, _ arguments: [String], directory: FilePath, environment: [String: String], input: String = ""
    ) throws {
        files = TemporaryDirectory()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, try files.file("in", input).string, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, files.path.appending("out").string, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, files.path.appending("err").string, O_WRONLY | O_CREAT, 0o600)
        _ = clinux_spawn_chdir(&actions, directory.string)
        process = try SpawnedProcess(program, arguments, environment: environment, actions: &actions)
    }

    /// Runs a program to its end.
    package static func run(
        _ program: String, _ arguments: [String], directory: FilePath, environment: [String: String], input: String = ""
    ) async throws -> CommandResult {
        try await RunningCommand(
            program, arguments, directory: directory, environment: environment, input: input
        ).result()
    }

    /// Not after ``wait()``: the number may be another's by then.
    package func send(_ signal: Int32) { process.send(signal) }

    /// Whether it ends within so many milliseconds; it still has to be waited for.
    package func ends(within milliseconds: Int32) -> Bool {
        let descriptor = clinux_pidfd_open(pid)
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, milliseconds) > 0
    }

    /// Blocks until it has ended.
    package func wait() throws -> CommandResult {
        let code = process.wait()
        return CommandResult(code: code, output: try text("out"), errors: try text("err"))
    }

    /// As ``wait()``, without holding up a thread that others need.
    package func result() async throws -> CommandResult {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try self.wait() }) }
        }
    }

    private func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: files.path.appending(name).string)), as: UTF8.self)
    }
}

import CLinux
import Dispatch
import Foundation
import SystemPackage
import TestSupport

/// What a program printed and how it ended.
struct CommandResult: Sendable, CustomStringConvertible {
    let code: Int32
    let output: String
    let errors: String

    var description: String { "exit \(code)\n--- stdout\n\(output)--- stderr\n\(errors)" }
}

/// Runs a program to its end, as a script would: no terminal, output into files.
enum CommandRun {
    static func run(
        _ program: String, _ arguments: [String], directory: FilePath, environment: [String: String], input: String = ""
    ) async throws -> CommandResult {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result { try runBlocking(program, arguments, directory, environment, input) })
            }
        }
    }

    private static func runBlocking(
        _ program: String, _ arguments: [String], _ directory: FilePath, _ environment: [String: String],
        _ input: String
    ) throws -> CommandResult {
        let files = TemporaryDirectory()
        let stdin = try files.file("in", input)
        let stdout = files.path.appending("out")
        let stderr = files.path.appending("err")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, stdin.string, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, stdout.string, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, stderr.string, O_WRONLY | O_CREAT, 0o600)
        _ = clinux_spawn_chdir(&actions, directory.string)
        let process = try SpawnedProcess(program, arguments, environment: environment, actions: &actions)
        let code = process.wait()
        return CommandResult(
            code: code, output: try String(contentsOfFile: stdout.string, encoding: .utf8),
            errors: try String(contentsOfFile: stderr.string, encoding: .utf8))
    }
}

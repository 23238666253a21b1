import ArgumentParser
import FoundationEssentials
import Glibc
import Manifest

/// Parses, runs and ends the process: the one place that renders a failure and chooses the exit code.
enum EntryPoint {
    static func run(_ arguments: [String]) async -> Never {
        let arguments = LeadingOptions.movedBehindCommand(arguments)
        do {
            if let status = StatusRun(plain: arguments) {
                try status.run()
                exit(0)
            }
            try checkCommand(arguments.first)
            var command = try parse(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            exit(0)
        } catch let code as ExitCode {
            // What a command that was run came to: it has said itself what there was to say.
            exit(code.rawValue)
        } catch {
            let report = report(of: error)
            let console = console(arguments)
            console.complain(report.rendered(as: format(arguments), style: console.errorStyle))
            exit(report.code)
        }
    }

    /// A command that is named first is parsed by itself: to build the whole tree of commands takes some milliseconds. What
    /// cannot be parsed so (help, mistakes) is for the tree, which knows the words for it.
    private static func parse(_ arguments: [String]) throws -> any ParsableCommand {
        let leaf = Msctl.configuration.subcommands.first { command in
            command._commandName == arguments.first && command.configuration.subcommands.isEmpty
        }
        if let leaf, let command = try? leaf.parseAsRoot(Array(arguments.dropFirst())) { return command }
        return try Msctl.parseAsRoot(arguments)
    }

    /// The parser would call a mistyped command an unexpected argument, or its first option an unknown one.
    static func checkCommand(_ word: String?) throws(CommandFailure) {
        guard let word, !word.hasPrefix("-") else { return }
        let known =
            ["help"] + Msctl.configuration.subcommands.flatMap { [$0._commandName] + $0.configuration.aliases }
        if known.contains(word) { return }
        throw .usage(
            "there is no command '\(word)'",
            hint: NearestWord.hint(for: word, in: known) ?? "'msctl --help' lists them")
    }

    /// Ends the process itself for `--help`, `--version` and completions, which are no failures.
    static func report(of error: any Error) -> FailureReport {
        if let failure = error as? CommandFailure { return FailureReport(failure) }
        let code = Msctl.exitCode(for: error)
        if code == .success { Msctl.exit(withError: error) }
        if code == .validationFailure {
            return FailureReport(usage: Msctl.fullMessage(for: error), code: code.rawValue)
        }
        return FailureReport(unexpected: error)
    }

    /// Read from the arguments, because they may be what could not be parsed.
    static func format(_ arguments: [String]) -> OutputFormat {
        // What follows belongs to the command that `run` runs.
        let arguments = arguments.prefix { $0 != "--" }
        let pairs = zip(arguments, arguments.dropFirst())
        return arguments.contains("--format=json") || pairs.contains { $0 == "--format" && $1 == "json" }
            ? .json : .table
    }

    private static func console(_ arguments: [String]) -> Console {
        Console(
            isQuiet: false, noColor: arguments.prefix { $0 != "--" }.contains("--no-color"),
            environment: ProcessInfo.processInfo.environment)
    }
}

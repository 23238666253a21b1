import FoundationEssentials
import SystemPackage

/// Where a command works and how it speaks: made once from the global options, then passed on. Nothing is read from disk
/// until a command asks.
struct CommandContext: Sendable {
    let environment: [String: String]
    /// Absolute. `-C` has been applied.
    let currentDirectory: FilePath
    /// `-C`, absolute, when given.
    let projectDirectory: FilePath?
    /// `-f`, absolute, in order.
    let files: [FilePath]
    let profiles: [String]
    let console: Console

    init(shared: SharedOptions, files: [String]) {
        self.init(
            environment: ProcessInfo.processInfo.environment,
            workingDirectory: FilePath(FileManager.default.currentDirectoryPath), shared: shared, files: files)
    }

    init(environment: [String: String], workingDirectory: FilePath, shared: SharedOptions, files: [String]) {
        self.environment = environment
        projectDirectory = shared.projectDirectory.map { workingDirectory.pushing(FilePath($0)).lexicallyNormalized() }
        currentDirectory = projectDirectory ?? workingDirectory
        self.files = files.map { workingDirectory.pushing(FilePath($0)).lexicallyNormalized() }
        profiles = shared.profile
        console = Console(isQuiet: shared.quiet, noColor: shared.noColor, environment: environment)
    }
}

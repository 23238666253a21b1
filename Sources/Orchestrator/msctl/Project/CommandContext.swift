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
            environment: Self.environment, workingDirectory: Self.workingDirectory, shared: shared, files: files)
    }

    init(environment: [String: String], workingDirectory: FilePath, shared: SharedOptions, files: [String]) {
        self.environment = environment
        projectDirectory = shared.projectDirectory.map { workingDirectory.pushing(FilePath($0)).lexicallyNormalized() }
        currentDirectory = projectDirectory ?? workingDirectory
        self.files = files.map { workingDirectory.pushing(FilePath($0)).lexicallyNormalized() }
        profiles = shared.profile
        console = Console(isQuiet: shared.quiet, noColor: shared.noColor, environment: environment)
    }

    /// Where msctl was called, without any option.
    init() {
        environment = Self.environment
        currentDirectory = Self.workingDirectory
        projectDirectory = nil
        files = []
        profiles = []
        console = Console(isQuiet: false, noColor: false, environment: environment)
    }

    private static var environment: [String: String] { ProcessInfo.processInfo.environment }
    private static var workingDirectory: FilePath { FilePath(FileManager.default.currentDirectoryPath) }
}

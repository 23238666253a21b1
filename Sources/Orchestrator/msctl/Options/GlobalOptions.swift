import ArgumentParser

/// What every command takes, whatever it prints and wherever its manifests come from.
struct SharedOptions: ParsableArguments {
    @Option(
        name: [.customShort("C"), .long],
        help: ArgumentHelp("Work as if started in this directory.", valueName: "dir"),
        completion: .directory)
    var projectDirectory: String?

    @Option(name: .long, help: ArgumentHelp("Also take the services of this profile. Repeatable.", valueName: "name"))
    var profile: [String] = []

    @Flag(name: .shortAndLong, help: "Print results only, and of things made only the id.")
    var quiet = false

    @Flag(name: .long, help: "No colour and no animation.")
    var noColor = false
}

/// The manifests to read. `logs` has no short form for it: its `-f` follows.
struct ManifestOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("A manifest, or a directory of manifests. Repeatable.", valueName: "path"),
        completion: .file(extensions: ["yaml", "yml"]))
    var file: [String] = []
}

/// The options of every ordinary command. A command with its own `--format` or its own `-f` takes ``SharedOptions`` and
/// makes its ``CommandContext`` itself.
struct GlobalOptions: ParsableArguments {
    @OptionGroup var manifests: ManifestOptions
    @OptionGroup var shared: SharedOptions

    @Option(name: .long, help: "How results are printed.")
    var format: OutputFormat = .table

    /// The place and the streams that the command works with.
    var context: CommandContext { CommandContext(shared: shared, files: manifests.file) }
}

import SystemPackage

/// A project and what is odd about its manifests without being wrong.
package struct LoadedProject: Sendable, Hashable {
    package var project: Project
    package var warnings: [ManifestProblem]
}

/// Reads a project's manifests: finds, parses, interpolates, merges, decodes and checks them.
package struct ManifestLoader: Sendable {
    private let projectDirectory: FilePath?
    private let files: [FilePath]
    private let profiles: [String]
    private let environment: [String: String]
    private let currentDirectory: FilePath

    /// - Parameters:
    ///   - projectDirectory: `-C`.
    ///   - files: `-f`, each a file or a directory.
    ///   - profiles: the active ones; `*` is all.
    ///   - environment: of the process; its values win over `.env` files.
    ///   - currentDirectory: absolute; problems name files relative to it.
    package init(
        projectDirectory: FilePath? = nil, files: [FilePath] = [], profiles: [String] = [],
        environment: [String: String], currentDirectory: FilePath
    ) {
        self.projectDirectory = projectDirectory
        self.files = files
        self.profiles = profiles
        self.environment = environment
        self.currentDirectory = currentDirectory.lexicallyNormalized()
    }

    /// Throws everything that is wrong at once.
    package func load() throws(ManifestErrors) -> LoadedProject {
        let record = LoadRecord()
        let chosen = ProjectLocator.chosen(files, environment: environment, currentDirectory: currentDirectory)
        let location = try ProjectLocator.find(
            projectDirectory: projectDirectory, files: chosen, currentDirectory: currentDirectory, record: record)
        let findings = Findings()
        let load = LoadContext(findings: findings, record: record, currentDirectory: currentDirectory)
        warnAboutOtherSuffixes(location, findings)
        let variables = EnvFiles(load: load).defaults(
            in: location.homes, below: Variables(environment: environment, record: record))
        let model = ManifestModel(files: location.files, directory: location.directory, variables: variables)
        let root = ModelReading(load: load, model: model).read()
        // A file that could not be read would make its services look undefined elsewhere.
        if root == nil { try findings.check() }
        let context = ReadingContext(load: load, directory: location.directory, variables: variables)
        let draft = root.map { ProjectReading(context: context).read($0) } ?? ProjectDraft()
        var project = ProjectValidation(draft: draft, profiles: profiles, findings: findings)
            .project(at: location)
        try findings.check()
        project.source = ManifestSource(
            projectDirectory: location.directory.string, files: chosen.map(\.string), profiles: profiles,
            currentDirectory: currentDirectory.string, variables: record.variables, inputs: record.inputs)
        return LoadedProject(project: project, warnings: findings.warnings)
    }

    private func warnAboutOtherSuffixes(_ location: ProjectLocation, _ findings: Findings) {
        let directory = location.directory.appending("manifests")
        guard location.files.contains(where: { $0.removingLastComponent() == directory }) else { return }
        for name in Directory.names(in: directory) ?? [] where name.hasSuffix(".yml") {
            let shown = PathText.shown(directory.appending(name), from: currentDirectory)
            findings.warn("'\(shown)' is not read", at: nil, hint: "name it *.yaml")
        }
    }
}

extension ProjectLocation {
    /// Where a `.env` may be: the project's directory, then those of the files.
    fileprivate var homes: [FilePath] {
        files.reduce(into: [directory]) { homes, file in
            let home = file.removingLastComponent()
            if !homes.contains(home) { homes.append(home) }
        }
    }
}

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
        let location = try ProjectLocator.find(
            projectDirectory: projectDirectory, files: files, environment: environment,
            currentDirectory: currentDirectory)
        let findings = Findings()
        warnAboutOtherSuffixes(location, findings)
        let variables = variables(of: location, findings)
        let interpolation = Interpolation(variables: variables, findings: findings)
        let trees = location.files.compactMap { tree(of: $0, interpolation) }
        // A file that could not be read would make its services look undefined elsewhere.
        if trees.count < location.files.count { try findings.check() }
        let merge = ManifestMerge(findings: findings)
        let root = trees.dropFirst().reduce(trees.first.map(merge.withoutResets)) { base, overlay in
            base.map { merge.merge($0, with: overlay) }
        }
        let context = ReadingContext(
            findings: findings, directory: location.directory, currentDirectory: currentDirectory, variables: variables)
        let draft = root.map { ProjectReading(context: context).read($0) } ?? ProjectDraft()
        let project = ProjectValidation(draft: draft, profiles: profiles, findings: findings)
            .project(at: location)
        try findings.check()
        return LoadedProject(project: project, warnings: findings.warnings)
    }

    private func tree(of file: FilePath, _ interpolation: Interpolation) -> ManifestNode? {
        let shown = PathText.shown(file, from: currentDirectory)
        let findings = interpolation.findings
        do {
            let text = try TextFile.read(file)
            let before = findings.problems.count
            let document = YAMLDocument(file: shown, findings: findings)
            guard let root = document.read(text) else {
                // An empty file says nothing, a broken one has been reported.
                return findings.problems.count > before ? nil : emptyTree(shown)
            }
            guard root.entries != nil else {
                if !root.isNull { findings.report("a manifest must be a mapping, not \(root.shape)", at: root.place) }
                return root.isNull ? emptyTree(shown) : nil
            }
            return ManifestNormalization.normalize(interpolation.expand(root))
        } catch {
            findings.report("the file \(error.reason)", in: shown)
            return nil
        }
    }

    private func emptyTree(_ shown: FilePath) -> ManifestNode {
        ManifestNode(content: .mapping([]), place: Place(file: shown, line: 1, column: 1))
    }

    /// The process environment over the `.env` beside the manifests over the project directory's.
    private func variables(of location: ProjectLocation, _ findings: Findings) -> [String: String] {
        var directories = [location.directory]
        for file in location.files where !directories.contains(file.removingLastComponent()) {
            directories.append(file.removingLastComponent())
        }
        var values: [String: String] = [:]
        for directory in directories {
            let file = directory.appending(".env")
            let shown = PathText.shown(file, from: currentDirectory)
            do {
                let text = try TextFile.read(file)
                let reader = EnvFile(file: shown, variables: environment, findings: findings, defaults: values)
                values.merge(reader.read(text)) { $1 }
            } catch TextFile.Failure.missing {
                // The file is optional.
            } catch {
                findings.report("the file \(error.reason)", in: shown)
            }
        }
        return values.merging(environment) { $1 }
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

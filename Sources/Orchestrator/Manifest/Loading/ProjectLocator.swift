import SystemPackage

/// Where a project's directory and its manifest files are; both absolute, the files in merge order.
package struct ProjectLocation: Sendable, Hashable {
    package var directory: FilePath
    package var files: [FilePath]
}

/// Finds the project that a command means.
package enum ProjectLocator {
    /// - Parameters:
    ///   - projectDirectory: `-C`. The project is there and is not looked for further up.
    ///   - files: `-f`, each a file or a directory of `*.yaml`; empty for none.
    ///   - environment: read for `MSCTL_FILE`, a colon-separated list that counts when there is no `-f`.
    ///   - currentDirectory: what paths are relative to, and where looking up begins; absolute.
    package static func find(
        projectDirectory: FilePath?, files: [FilePath], environment: [String: String], currentDirectory: FilePath
    ) throws(ManifestErrors) -> ProjectLocation {
        try find(
            projectDirectory: projectDirectory,
            files: chosen(files, environment: environment, currentDirectory: currentDirectory),
            currentDirectory: currentDirectory, record: LoadRecord())
    }

    /// `-f`, else `MSCTL_FILE`; absolute.
    static func chosen(
        _ files: [FilePath], environment: [String: String], currentDirectory: FilePath
    ) -> [FilePath] {
        let listed = environment["MSCTL_FILE"]?.split(separator: ":").map { FilePath(String($0)) } ?? []
        return (files.isEmpty ? listed : files).map {
            PathText.absolute($0, in: currentDirectory.lexicallyNormalized())
        }
    }

    /// - Parameters:
    ///   - files: absolute, as ``chosen(_:environment:currentDirectory:)`` gives them.
    ///   - record: notes the directories whose entries count.
    static func find(
        projectDirectory: FilePath?, files: [FilePath], currentDirectory: FilePath, record: LoadRecord
    ) throws(ManifestErrors) -> ProjectLocation {
        let current = currentDirectory.lexicallyNormalized()
        let directory = projectDirectory.map { PathText.absolute($0, in: current) }
        if let directory, !Directory.exists(directory) {
            throw missing("the project directory '\(directory)' does not exist")
        }
        guard let first = files.first else {
            if let directory { return try inside(directory, record) }
            return try searchedUp(from: current, record)
        }
        var found: [FilePath] = []
        for path in files {
            let inside = Directory.exists(path) ? manifests(in: path, record) : [path]
            guard !inside.isEmpty else {
                throw missing("there is no *.yaml in '\(PathText.shown(path, from: current))'")
            }
            // The same file given twice is one file.
            for file in inside where !found.contains(file) { found.append(file) }
        }
        return ProjectLocation(directory: directory ?? home(of: first), files: found)
    }

    /// The directory that relative paths of a file, or of a directory of files, begin at: its own, or the one above when
    /// that is called `manifests`.
    static func home(of path: FilePath) -> FilePath {
        let holder = Directory.exists(path) ? path : path.removingLastComponent()
        return holder.lastComponent?.string == "manifests" ? holder.removingLastComponent() : holder
    }

    private static func manifests(in directory: FilePath, _ record: LoadRecord) -> [FilePath] {
        record.note(directory)
        return Directory.manifests(in: directory)
    }

    private static func inside(_ directory: FilePath, _ record: LoadRecord) throws(ManifestErrors) -> ProjectLocation {
        let files = manifests(in: directory.appending("manifests"), record)
        guard !files.isEmpty else { throw missing("there is no manifests/*.yaml in '\(directory)'") }
        return ProjectLocation(directory: directory, files: files)
    }

    private static func searchedUp(
        from current: FilePath, _ record: LoadRecord
    ) throws(ManifestErrors) -> ProjectLocation {
        var directory = current
        while true {
            if !Directory.manifests(in: directory.appending("manifests")).isEmpty {
                return try inside(directory, record)
            }
            guard directory.removeLastComponent() else { break }
        }
        throw missing("no project: there is no manifests/*.yaml in '\(current)' or any directory above it")
    }

    private static func missing(_ message: String) -> ManifestErrors {
        ManifestErrors(
            first: ManifestProblem(
                message: message, hint: "write manifests/NAME.yaml, or say where they are with -f or -C"))
    }
}

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
        let current = currentDirectory.lexicallyNormalized()
        let directory = projectDirectory.map { PathText.absolute($0, in: current) }
        if let directory, !Directory.exists(directory) {
            throw missing("the project directory '\(directory)' does not exist")
        }
        let listed = environment["MSCTL_FILE"]?.split(separator: ":").map { FilePath(String($0)) } ?? []
        let chosen = (files.isEmpty ? listed : files).map { PathText.absolute($0, in: current) }
        guard let first = chosen.first else {
            if let directory { return try inside(directory) }
            return try searchedUp(from: current)
        }
        let holder = Directory.exists(first) ? first : first.removingLastComponent()
        let isManifests = holder.lastComponent?.string == "manifests"
        var found: [FilePath] = []
        for path in chosen {
            let inside = Directory.exists(path) ? Directory.manifests(in: path) : [path]
            guard !inside.isEmpty else {
                throw missing("there is no *.yaml in '\(PathText.shown(path, from: current))'")
            }
            // The same file given twice is one file.
            for file in inside where !found.contains(file) { found.append(file) }
        }
        return ProjectLocation(
            directory: directory ?? (isManifests ? holder.removingLastComponent() : holder), files: found)
    }

    private static func inside(_ directory: FilePath) throws(ManifestErrors) -> ProjectLocation {
        let files = Directory.manifests(in: directory.appending("manifests"))
        guard !files.isEmpty else { throw missing("there is no manifests/*.yaml in '\(directory)'") }
        return ProjectLocation(directory: directory, files: files)
    }

    private static func searchedUp(from current: FilePath) throws(ManifestErrors) -> ProjectLocation {
        var directory = current
        while true {
            let files = Directory.manifests(in: directory.appending("manifests"))
            if !files.isEmpty { return ProjectLocation(directory: directory, files: files) }
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

import SystemPackage

/// Notes what one load depends on: the files and directories it looked at, the variables it asked for.
///
/// One load owns one of these and passes it down; it never leaves that load.
final class LoadRecord {
    private(set) var variables: [String: String] = [:]
    /// How often a file was read.
    private(set) var readings = 0
    private var versions: [String: String?] = [:]

    var inputs: [ManifestSource.Input] {
        versions.map { ManifestSource.Input(path: $0.key, version: $0.value) }.sorted { $0.path < $1.path }
    }

    func note(variable name: String, value: String) { variables[name] = value }

    /// Called before the file or directory is read: a change in between makes the note stale, never the reading. The first
    /// look counts.
    func note(_ path: FilePath) {
        guard !versions.keys.contains(path.string) else { return }
        versions.updateValue(FileVersion.of(path), forKey: path.string)
    }

    func read(_ path: FilePath) throws(TextFile.Failure) -> String {
        note(path)
        readings += 1
        return try TextFile.read(path)
    }
}

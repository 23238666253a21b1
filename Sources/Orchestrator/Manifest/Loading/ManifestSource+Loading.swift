import SystemPackage

package extension ManifestSource {
    /// Whether a file that was read has changed, gone or come since, or a directory of manifests has other entries. One
    /// stat(2) for each; also true for changes that mean nothing, such as a file that was only touched.
    var isStale: Bool { inputs.contains { FileVersion.of(FilePath($0.path)) != $0.version } }

    /// Reads the project again the same way. A variable that was not asked for the first time is not set now.
    func load() throws(ManifestErrors) -> LoadedProject {
        try ManifestLoader(
            projectDirectory: projectDirectory.map { FilePath($0) }, files: files.map { FilePath($0) },
            profiles: profiles, environment: variables, currentDirectory: FilePath(currentDirectory)
        ).load()
    }
}

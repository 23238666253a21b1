/// How a project was read, so that the daemon can read it again when a file has changed before an automatic restart.
package struct ManifestSource: Sendable, Hashable, Codable {
    /// A file that was read, and what it was then.
    package struct Input: Sendable, Hashable, Codable {
        /// Absolute; manifests, included and extended files, env files, and directories whose `*.yaml` are all read.
        package var path: String
        /// `device.inode.size.nanoseconds of the modification`; nil when there was no such file (an optional `.env`).
        package var version: String?

        package init(path: String, version: String?) {
            self.path = path
            self.version = version
        }
    }
    /// The project's directory, absolute, however it was found.
    package var projectDirectory: String?
    /// `-f` or MSCTL_FILE, absolute; empty for `manifests/*.yaml` of the project's directory.
    package var files: [String]
    package var profiles: [String]
    /// Absolute: what relative paths in messages are relative to.
    package var currentDirectory: String
    /// The variables of the process environment that the manifests asked for; no others are kept.
    package var variables: [String: String]
    package var inputs: [Input]

    package init(
        projectDirectory: String?, files: [String], profiles: [String], currentDirectory: String,
        variables: [String: String], inputs: [Input]
    ) {
        self.projectDirectory = projectDirectory
        self.files = files
        self.profiles = profiles
        self.currentDirectory = currentDirectory
        self.variables = variables
        self.inputs = inputs
    }
}

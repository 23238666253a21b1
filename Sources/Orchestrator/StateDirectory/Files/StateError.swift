import SystemPackage

/// What can go wrong with the state directory; seen by whoever ran the command, or in the daemon's log.
package enum StateError: Error, CustomStringConvertible {
    /// A file or directory cannot be made, read or written.
    case file(FilePath, Errno)
    /// state.db cannot be opened, read or written.
    case database(String)
    /// The kernel does not tell of changes in a directory.
    case watch(FilePath, Errno)
    /// There is no such secret.
    case noSecret(String)
    /// A secret is the value of a variable that is not set, and has never been.
    case unsetSecret(String, variable: String)

    package var description: String {
        switch self {
        case .file(let path, let error): "\(path): \(error)"
        case .database(let message): "state.db: \(message)"
        case .watch(let path, let error): "cannot watch \(path): \(error)"
        case .noSecret(let name): "there is no secret '\(name)' yet; 'msctl up' makes it"
        case .unsetSecret(let name, let variable):
            "the secret '\(name)' is the value of \(variable), which is not set; set it where msctl is called"
        }
    }
}

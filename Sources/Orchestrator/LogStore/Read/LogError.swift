import SystemPackage

/// Why logs cannot be shown; seen by whoever asked for them.
package enum LogError: Error, Equatable, CustomStringConvertible {
    /// Nothing has ever run here: there is no directory of runs, or it is empty.
    case nothingHasRun(FilePath)
    /// No run of this service is there; the others are named.
    case unknownService(String, known: [String])
    /// `--run N`, and no instance that was asked for has such a run.
    case unknownRun(Int, known: [Int])
    /// `--where` is no condition.
    case badCondition(WhereError)
    /// `--grep` is no regular expression.
    case badPattern(String, reason: String)
    /// A file cannot be read.
    case read(FilePath, Errno)
    /// The index cannot be read; the logs can, without it.
    case index(String)
    /// A directory cannot be watched; ENOSPC means that the limit in fs.inotify.max_user_watches is reached.
    case watch(FilePath, Errno)

    package var description: String {
        switch self {
        case .nothingHasRun(let path): "nothing has run yet: \(path) holds no runs"
        case .unknownService(let name, let known):
            "'\(name)' has no logs; there are logs of \(known.joined(separator: ", "))"
        case .unknownRun(let run, let known):
            "there is no run \(run); there are runs \(known.map(String.init).joined(separator: ", "))"
        case .badCondition(let error): "--where, column \(error.column): \(error.reason)"
        case .badPattern(let pattern, let reason): "'\(pattern)' is no regular expression: \(reason)"
        case .index(let why): why
        case .read(let path, let error): "\(path): \(error)"
        case .watch(let path, let error): "\(path) cannot be watched: \(error)"
        }
    }
}

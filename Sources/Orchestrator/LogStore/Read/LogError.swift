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
    case badPattern(String, column: Int, reason: String)
    /// There is no library for regular expressions; what the loader said.
    case noRegularExpressions(String)
    /// A regular expression takes too much on the line of this address.
    case tooMuch(String)
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
        case .badPattern(let pattern, let column, let reason):
            "'\(pattern)' is no regular expression: \(reason), column \(column)"
        case .noRegularExpressions(let why):
            "regular expressions need libpcre2-8, which cannot be loaded (Debian and Ubuntu: apt install libpcre2-8-0): \(why)"
        case .tooMuch(let line): "the regular expression takes too much time on line \(line)"
        case .index(let why): why
        case .read(let path, let error): "\(path): \(error)"
        case .watch(let path, let error): "\(path) cannot be watched: \(error)"
        }
    }
}

extension LogError {
    init(_ error: RegularExpression.Bad, of pattern: String) {
        switch error {
        case .syntax(let column, let reason): self = .badPattern(pattern, column: column, reason: reason)
        case .noLibrary(let why): self = .noRegularExpressions(why)
        }
    }
}

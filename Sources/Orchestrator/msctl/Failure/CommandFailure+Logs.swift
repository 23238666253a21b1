import LogStore
import SystemPackage

extension CommandFailure {
    init(_ error: LogError) {
        switch error {
        case .nothingHasRun: self = .nothingRunning("\(error)", hint: "msctl up")
        case .unknownService(let name, let known):
            self = .usage("'\(name)' has no logs", hint: "there are logs of \(known.joined(separator: ", "))")
        case .unknownRun: self = .usage("\(error)")
        case .badPattern(let pattern, let column, let reason):
            self = .usage(
                "'\(pattern)' is no regular expression: \(reason)",
                details: [pattern, String(repeating: " ", count: column - 1) + "^"])
        case .tooMuch: self = .failed("\(error)", hint: "repeat nothing that repeats: (a+)+ is a+")
        case .noRegularExpressions: self = .failed("\(error)")
        case .badCondition(let wrong): self = .usage("\(error)", details: wrong.picture)
        case .watch(_, .noSpace):
            self = .failed("\(error)", hint: "raise fs.inotify.max_user_watches, or leave out --follow")
        case .watch(_, .tooManyOpenFiles):
            self = .failed("\(error)", hint: "raise fs.inotify.max_user_instances, or leave out --follow")
        case .index: self = .failed("\(error)", hint: "msctl logs --reindex")
        case .watch, .read: self = .failed("the logs cannot be read: \(error)")
        }
    }
}

import LogStore
import SystemPackage

extension CommandFailure {
    init(_ error: LogError) {
        switch error {
        case .nothingHasRun: self = .nothingRunning("\(error)", hint: "msctl up")
        case .unknownService(let name, let known):
            self = .usage("'\(name)' has no logs", hint: "there are logs of \(known.joined(separator: ", "))")
        case .unknownRun, .badPattern: self = .usage("\(error)")
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

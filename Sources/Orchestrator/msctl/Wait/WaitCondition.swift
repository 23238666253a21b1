import ArgumentParser
import Manifest
import StateDirectory

/// What `wait` waits for.
enum WaitCondition: ExpressibleByArgument, Equatable {
    case healthy
    case running
    case exited
    /// A line of the current run, or of one that comes, in which the regular expression is found.
    case log(String)

    init?(argument: String) {
        switch argument {
        case "healthy": self = .healthy
        case "running": self = .running
        case "exited": self = .exited
        default:
            guard argument.hasPrefix("log="), argument.count > 4 else { return nil }
            self = .log(String(argument.dropFirst(4)))
        }
    }

    static var allValueStrings: [String] { ["healthy", "running", "exited", "log=RE"] }

    /// As it is said of a service.
    var words: String {
        switch self {
        case .healthy: "healthy"
        case .running: "running"
        case .exited: "exited"
        case .log(let pattern): "saying '\(pattern)'"
        }
    }

    enum Answer: Equatable {
        case holds
        case notYet
        /// Nothing will change by itself any more.
        case never
    }

    /// What a status says of the condition; of a log line it can only say that none will come.
    ///
    /// - Parameter service: nil when the project has no such service any more.
    func answer(_ status: InstanceStatus, of service: Service?) -> Answer {
        let isOver = status.settled && !status.state.isAlive
        switch self {
        case .healthy:
            // A job that has done its work is as well as it can be.
            return status.isReady || Verdict(status, of: service) == .ready ? .holds : isOver ? .never : .notYet
        case .running: return status.state == .running ? .holds : isOver ? .never : .notYet
        case .exited:
            // What is to be restarted has not ended yet.
            if isOver, status.state == .exited || status.state == .stopped { return .holds }
            return isOver ? .never : .notYet
        case .log: return isOver ? .never : .notYet
        }
    }
}

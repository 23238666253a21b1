import ArgumentParser
import LogStore

/// `--tail 100` or `--tail all`.
struct TailArgument: ExpressibleByArgument, CustomStringConvertible {
    /// nil is all.
    let lines: Int?

    init(lines: Int?) { self.lines = lines }

    init?(argument: String) {
        if argument == "all" {
            self.init(lines: nil)
        } else {
            guard let lines = Int(argument), lines >= 0 else { return nil }
            self.init(lines: lines)
        }
    }

    var description: String { lines.map(String.init) ?? "all" }
    var defaultValueDescription: String { description }
}

/// `--run last`, `--run all` or `--run 3`.
struct RunArgument: ExpressibleByArgument {
    let runs: LogQuery.Runs

    init(runs: LogQuery.Runs) { self.runs = runs }

    init?(argument: String) {
        switch argument {
        case "last": runs = .last
        case "all": runs = .all
        default:
            guard let number = Int(argument), number > 0 else { return nil }
            runs = .number(number)
        }
    }
}

/// A point in time, or how long ago it was.
enum TimeArgument: ExpressibleByArgument {
    case at(LogTime)
    case ago(Duration)

    init?(argument: String) {
        if let time = LogTime(typed: argument) {
            self = .at(time)
        } else if let duration = DurationArgument(argument: argument) {
            self = .ago(duration.duration)
        } else {
            return nil
        }
    }

    func time(_ now: LogTime) -> LogTime {
        switch self {
        case .at(let time): time
        case .ago(let duration): now.advanced(by: .zero - duration)
        }
    }
}

extension LogFormat: ExpressibleByArgument {}

extension LogStream: ExpressibleByArgument {}

extension LogLevel: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
    package static var allValueStrings: [String] { LogLevel.allCases.map(\.name) }
}

extension LogCursor: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

/// Every way in which a command can end badly, one case for each exit code. The message says what happened and where, the
/// hint what to do next, the details what else is known, one line each.
enum CommandFailure: Error, Equatable {
    /// 1: it was tried and did not work.
    case failed(_ message: String, hint: String? = nil, details: [String] = [])
    /// 3: there is nothing running that the command could speak to.
    case nothingRunning(_ message: String, hint: String? = nil, details: [String] = [])
    /// 64: the arguments make no sense together.
    case usage(_ message: String, hint: String? = nil, details: [String] = [])
    /// 65: the API refused the input (4xx).
    case refused(_ message: String, hint: String? = nil, details: [String] = [])
    /// 69: nobody answers, or what answers is broken (5xx).
    case unreachable(_ message: String, hint: String? = nil, details: [String] = [])
    /// 75: it did not happen in the time allowed; trying again may help.
    case timedOut(_ message: String, hint: String? = nil, details: [String] = [])
    /// 77: not allowed (401, 403).
    case notAllowed(_ message: String, hint: String? = nil, details: [String] = [])
    /// 78: the manifest is wrong.
    case manifest(_ message: String, hint: String? = nil, details: [String] = [])
    /// 126: the program that `run` is to run cannot be executed.
    case notExecutable(_ message: String, hint: String? = nil, details: [String] = [])
    /// 127: the program that `run` is to run is not there.
    case noProgram(_ message: String, hint: String? = nil, details: [String] = [])

    var exitCode: Int32 {
        switch self {
        case .failed: 1
        case .nothingRunning: 3
        case .usage: 64
        case .refused: 65
        case .unreachable: 69
        case .timedOut: 75
        case .notAllowed: 77
        case .manifest: 78
        case .notExecutable: 126
        case .noProgram: 127
        }
    }

    var message: String { explanation.message }
    var hint: String? { explanation.hint }
    var details: [String] { explanation.details }

    private var explanation: (message: String, hint: String?, details: [String]) {
        switch self {
        case .failed(let message, let hint, let details), .nothingRunning(let message, let hint, let details),
            .usage(let message, let hint, let details), .refused(let message, let hint, let details),
            .unreachable(let message, let hint, let details), .timedOut(let message, let hint, let details),
            .notAllowed(let message, let hint, let details), .manifest(let message, let hint, let details),
            .notExecutable(let message, let hint, let details), .noProgram(let message, let hint, let details):
            (message, hint, details)
        }
    }
}

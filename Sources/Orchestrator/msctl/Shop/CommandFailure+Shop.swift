import CurlClient

extension CommandFailure {
    /// The failure that an answer of 400 and above is.
    ///
    /// - Parameter request: what was asked, when it helps to tell what to do.
    init(_ response: CurlResponse, to request: ShopRequest? = nil) {
        let problem = Problem.read(response)
        let message = problem.sentence(response, subject: request?.subject)
        let hint = Self.hint(problem, response, request)
        let details = problem.violations + (problem.traceId.map { [Table.Cell("trace id: \($0)").text] } ?? [])
        switch response.status {
        case 401, 403: self = .notAllowed(message, hint: hint, details: details)
        // A try before is not through: nothing is refused, and what comes of it is found with its key.
        case 409 where problem.isAboutRunningRequest:
            self = CommandFailure.timedOut(message, hint: hint, details: details).known(by: request?.idempotencyKey)
        case 400..<500: self = .refused(message, hint: hint, details: details)
        default:
            self = CommandFailure.unreachable(message, hint: hint, details: details).known(by: request?.idempotencyKey)
        }
    }

    /// The same failure of a request with an idempotency key: it may have been done all the same, and with its key it can
    /// be asked for again without being done twice.
    func known(by key: String?) -> CommandFailure {
        guard let key else { return self }
        return unanswered("it may have been done; the same command with '--idempotency-key \(key)' does it only once")
    }

    /// The same failure with another hint, if it leaves open what was done.
    func unanswered(_ hint: String) -> CommandFailure {
        switch self {
        case .unreachable(let message, _, let details): .unreachable(message, hint: hint, details: details)
        case .timedOut(let message, _, let details): .timedOut(message, hint: hint, details: details)
        default: self
        }
    }

    /// The same failure, told by what it is a part of.
    func told(_ tell: (String) -> String) -> CommandFailure {
        let message = tell(message)
        return switch self {
        case .failed: .failed(message, hint: hint, details: details)
        case .nothingRunning: .nothingRunning(message, hint: hint, details: details)
        case .usage: .usage(message, hint: hint, details: details)
        case .refused: .refused(message, hint: hint, details: details)
        case .unreachable: .unreachable(message, hint: hint, details: details)
        case .timedOut: .timedOut(message, hint: hint, details: details)
        case .notAllowed: .notAllowed(message, hint: hint, details: details)
        case .manifest: .manifest(message, hint: hint, details: details)
        case .notExecutable: .notExecutable(message, hint: hint, details: details)
        case .noProgram: .noProgram(message, hint: hint, details: details)
        }
    }

    /// Nobody is logged in, or no longer.
    static func loginNeeded(_ message: String, as username: String = "NAME") -> CommandFailure {
        .notAllowed(Table.Cell(message).text, hint: Table.Cell("msctl user login --login \(username)").text)
    }

    /// What to do next; nil where the sentence says it.
    private static func hint(_ problem: Problem, _ response: CurlResponse, _ request: ShopRequest?) -> String? {
        switch problem.slug {
        case "wrong-credentials": return "check the name, and type the password again"
        case "account-exists": return "choose another name and address, or msctl user login --login NAME"
        case "insufficient-stock": return "'msctl product show ID' says how many there are"
        case "unknown-product": return "'msctl product list' names those there are"
        case "precondition-failed": return request?.adviceWhenLate ?? "look at what it is now, and try again"
        case "order-in-progress": return "try again when 'msctl order show ID' says that it is confirmed"
        case "idempotency-key-reused": return "choose another --idempotency-key, or none"
        default: break
        }
        switch response.status {
        case 401: return "msctl user login --login NAME"
        case 403: return "the project's own operator may: it acts when nobody is logged in (msctl user logout)"
        case 404: return "check the id; 'list' names those there are"
        case 409, 429, 500...:
            if let seconds = response.retryAfter { return "try again in \(seconds) s" }
            guard response.status >= 500 else { return nil }
            return problem.traceId.map { "msctl trace \(Table.Cell($0).text)" } ?? "msctl status"
        default: return nil
        }
    }
}

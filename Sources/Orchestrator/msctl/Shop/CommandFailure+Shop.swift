import CurlClient

extension CommandFailure {
    /// The failure that an answer of 400 and above is.
    ///
    /// - Parameter request: what was asked, when it helps to tell what to do.
    init(_ response: CurlResponse, to request: ShopRequest? = nil) {
        let problem = Problem.read(response)
        let message = problem.sentence(response, subject: request?.subject)
        let hint = Self.hint(problem, response)
        let details = problem.violations + (problem.traceId.map { ["trace id: \($0)"] } ?? [])
        switch response.status {
        case 401, 403: self = .notAllowed(message, hint: hint, details: details)
        case 400..<500: self = .refused(message, hint: hint, details: details)
        default:
            self = CommandFailure.unreachable(message, hint: hint, details: details).known(by: request?.idempotencyKey)
        }
    }

    /// The same failure of a request with an idempotency key: it may have been done all the same, and with its key it can
    /// be asked for again without being done twice.
    func known(by key: String?) -> CommandFailure {
        guard let key else { return self }
        let hint = "it may have been done; the same command with '--idempotency-key \(key)' does it only once"
        return switch self {
        case .unreachable(let message, _, let details): .unreachable(message, hint: hint, details: details)
        case .timedOut(let message, _, let details): .timedOut(message, hint: hint, details: details)
        default: self
        }
    }

    /// Nobody is logged in, or no longer.
    static func loginNeeded(_ message: String, as username: String = "NAME") -> CommandFailure {
        .notAllowed(message, hint: "msctl user login --login \(username)")
    }

    /// What to do next; nil where the sentence says it.
    private static func hint(_ problem: Problem, _ response: CurlResponse) -> String? {
        switch problem.slug {
        case "wrong-credentials": return "check the name, and type the password again"
        case "account-exists": return "choose another name and address, or msctl user login --login NAME"
        case "insufficient-stock": return "'msctl product show ID' says how many there are"
        case "unknown-product": return "'msctl product list' names those there are"
        case "precondition-failed": return "look at what it is now, and try again"
        case "order-in-progress": return "try again when 'msctl order show ID' says that it is confirmed"
        case "idempotency-key-reused": return "choose another --idempotency-key, or none"
        default: break
        }
        switch response.status {
        case 401: return "msctl user login --login NAME"
        case 403: return "msctl user login --login operator --password-file .msctl/secrets/operator-password"
        case 404: return "check the id; 'list' names those there are"
        case 409, 429, 500...:
            if let seconds = response.retryAfter { return "try again in \(seconds) s" }
            guard response.status >= 500 else { return nil }
            return problem.traceId.map { "msctl trace \(Table.Cell($0).text)" } ?? "msctl status"
        default: return nil
        }
    }
}

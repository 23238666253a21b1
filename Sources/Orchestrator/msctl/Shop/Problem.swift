import CurlClient
import FoundationEssentials

/// Problem details (RFC 9457), as the API tells what is wrong.
struct Problem: Decodable {
    struct Violation: Decodable {
        let pointer: String?
        let detail: String?
    }
    let type: String?
    let title: String?
    let detail: String?
    let traceId: String?
    let errors: [Violation]?
}

extension CommandFailure {
    /// The failure that an answer of 400 and above is.
    init(_ response: CurlResponse) {
        let problem = try? JSONDecoder().decode(Problem.self, from: Data(response.body))
        let message = Self.sentence(problem, response)
        var details =
            problem?.errors?.map { violation in
                [violation.pointer, violation.detail].compactMap(\.self).joined(separator: ": ")
            } ?? []
        if let id = response.header("X-Request-Id") { details.append("request id: \(id)") }
        if let id = problem?.traceId { details.append("trace id: \(id)") }
        switch response.status {
        case 401:
            self = .notAllowed(message, hint: "msctl user login --login NAME", details: details)
        case 403:
            self = .notAllowed(
                message, hint: "msctl user login --login operator --password-file .msctl/secrets/operator-password",
                details: details)
        case 429:
            let seconds = response.header("Retry-After").map { "try again in \($0) s" }
            self = .refused(message, hint: seconds, details: details)
        case 400..<500:
            self = .refused(message, details: details)
        default:
            self = .unreachable(message, hint: "msctl status", details: details)
        }
    }

    private static func sentence(_ problem: Problem?, _ response: CurlResponse) -> String {
        switch (problem?.title, problem?.detail) {
        case (let title?, let detail?): "\(title): \(detail)"
        case (let title?, nil): title
        case (nil, let detail?): detail
        case (nil, nil): "the API answers \(response.status)"
        }
    }
}

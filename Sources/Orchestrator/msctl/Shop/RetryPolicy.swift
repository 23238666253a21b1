import CurlClient

/// When a request that got no answer is sent again. Only requests that do the same when they are done twice are given to
/// it: those that read, those that replace, those with an idempotency key, and those that end something.
enum RetryPolicy {
    /// The first one counts.
    static let mostTries = 3
    /// While the first try is still under way at the API, which may be for 10 s: they are a second and more apart.
    static let mostTriesUnderWay = 15
    /// Nobody at a terminal waits for longer; he is told how long it takes.
    static let longestPause = Duration.seconds(10)

    /// How one try ended, as far as it matters here.
    enum Outcome: Equatable {
        /// There is an answer, or trying again would not help.
        case final
        /// Nobody has answered. - Parameter retryAfter: seconds, when the API has named them.
        case unanswered(retryAfter: Int?)
        /// A try before has not come to its end there. - Parameter retryAfter: seconds, when the API has named them.
        case underWay(retryAfter: Int?)
    }

    /// How long to wait before the next try; nil when there is none.
    ///
    /// Many that were cut off at once do not come back at once: what the API asks for is waited out whole, and a random
    /// part of a time that doubles is added.
    /// - Parameters:
    ///   - tries: those made, at least one.
    ///   - random: from 0 to 1.
    static func pause(after outcome: Outcome, tries: Int, random: Double) -> Duration? {
        let spread = Duration.milliseconds(250)
        switch outcome {
        case .final: return nil
        case .unanswered(let retryAfter):
            let asked = Duration.seconds(max(0, retryAfter ?? 0))
            guard tries < mostTries, asked <= longestPause else { return nil }
            return asked + spread * Double(1 << (tries - 1)) * random
        case .underWay(let retryAfter):
            let asked = Duration.seconds(max(1, retryAfter ?? 1))
            guard tries < mostTriesUnderWay, asked <= longestPause else { return nil }
            return asked + spread * random
        }
    }
}

extension RetryPolicy.Outcome {
    init(_ result: Result<CurlResponse, CurlError>) {
        switch result {
        case .failure(.interrupted), .failure(.refused): self = .unanswered(retryAfter: nil)
        // Whoever has waited for an answer in vain has waited long enough; the rest does not pass.
        case .failure: self = .final
        case .success(let response):
            switch response.status {
            case 502, 503, 504: self = .unanswered(retryAfter: response.retryAfter)
            // The try that broke off is still under way there; the next one gets its answer.
            case 409 where Problem.read(response).isAboutRunningRequest:
                self = .underWay(retryAfter: response.retryAfter)
            default: self = .final
            }
        }
    }
}

extension CurlResponse {
    /// Seconds; nil without the header, and for its form with a date, which the shop does not use.
    var retryAfter: Int? { header("Retry-After").flatMap { Int($0) } }
}

/// How time passes between tries.
struct Pauses: Sendable {
    let wait: @Sendable (Duration) async -> Void
    /// From 0 to 1.
    let random: @Sendable () -> Double

    static let real = Pauses(
        // Cancellation ends the sleep early, and the next try then ends by itself.
        wait: { try? await Task.sleep(for: $0) },
        random: { Double.random(in: 0...1) })
}

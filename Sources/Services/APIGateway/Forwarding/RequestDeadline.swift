import HTTPTypes
import ServiceKit

/// For how long there is somebody who waits for the answer: the gateway's patience, or the client's when that is
/// shorter.
struct RequestDeadline: Sendable, Equatable {
    let remaining: Duration

    /// Reads the milliseconds in `X-Request-Deadline-Ms`: 400 when they are no number, 504 when none are left.
    init(_ headers: HTTPFields, atMost timeout: Duration) throws(Problem) {
        let values = headers[values: .requestDeadline]
        guard let text = values.first else {
            remaining = timeout
            return
        }
        // Nine digits are eleven days.
        guard values.count == 1, (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
            let milliseconds = Int(text)
        else { throw .malformedRequest("X-Request-Deadline-Ms must be a whole number of milliseconds.") }
        guard milliseconds > 0 else { throw .deadlineExpired }
        remaining = min(timeout, .milliseconds(milliseconds))
    }
}

extension Problem {
    /// Nobody waits for the answer any more, so nothing was done.
    static let deadlineExpired = Problem(
        type: "deadline-expired", status: .gatewayTimeout, title: "The time for this request was over when it came")
}

extension HTTPField.Name {
    /// How many milliseconds whoever asks will still wait. A duration, since clocks differ.
    static let requestDeadline = ours("X-Request-Deadline-Ms")
}

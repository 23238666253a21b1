import HTTPTypes

/// A client's own name for a request, so that sending it twice does it once (draft-ietf-httpapi-idempotency-key-header).
/// Good for a day.
package struct IdempotencyKey: Sendable, Equatable {
    package static let lifetime = Duration.seconds(24 * 3600)

    package let text: String

    /// nil without the header; 400 unless there is one value of 1 to 128 visible ASCII characters.
    package init?(_ headers: HTTPFields) throws(Problem) {
        let values = headers[values: .idempotencyKey]
        guard let value = values.first else { return nil }
        guard values.count == 1, (1...128).contains(value.utf8.count),
            value.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw .malformedRequest("Idempotency-Key must be 1 to 128 visible ASCII characters.") }
        text = value
    }
}

extension Problem {
    package static let requestInProgress = Problem(
        type: "request-in-progress", status: .conflict, title: "The first request with this key still runs",
        headers: [.retryAfter: "1"])

    package static let idempotencyKeyReused = Problem(
        type: "idempotency-key-reused", status: .unprocessableContent,
        title: "The idempotency key was used for something else")
}

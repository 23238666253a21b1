import HTTPTypes
import NIOHTTP1
import ServiceKit

/// The header fields of a forwarded request: the client's, without what only the gateway may say.
struct ForwardedFields: Sendable {
    private let via: String

    /// - Parameter gateway: our name.
    init(gateway: String) {
        via = "1.1 \(gateway)"
    }

    /// Without those of one try: whom it is for, its span, the time that is left, how long the body is.
    ///
    /// - Parameter origin: where the request came from.
    func fields(of request: ClientRequest, from origin: ForwardedOrigin) -> FieldBytes {
        let named = request.fields.named
        var fields = FieldBytes(reserving: 1024)
        for (name, value) in request.head.headers {
            if Self.ours.contains(name) || named?.contains(name) == true { continue }
            if FieldNames.areSame(name, "authorization"), value.lowercased().hasPrefix("service") { continue }
            fields.add(name, value)
        }
        if let state = request.identity.traceState { fields.add("tracestate", state.text) }
        fields.add("X-Request-Id", request.identity.requestID)

        fields.add("Forwarded", origin.forwarded)
        fields.add("X-Forwarded-For", origin.address)
        fields.add("X-Forwarded-Proto", "http")
        fields.add("Via", via)
        return fields
    }

    /// What a client has no say in: who it is, by which way it came, how the shop's services recognise each other. Whom it is
    /// for, the body's length and the time that is left are set where it is sent, and nobody is asked whether to send it.
    private static let ours = FieldNames(
        FieldNames.hopByHop + [
            "host", "forwarded", "content-length", "expect", "x-request-deadline-ms", "x-request-id", "traceparent",
            "tracestate",
        ], prefixes: ["proxy-", "x-forwarded-", "x-user-", "x-service-"])
}

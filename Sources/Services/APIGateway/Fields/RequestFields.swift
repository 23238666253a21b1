import NIOHTTP1

/// What the gateway itself reads of a request's fields, found in one pass.
struct RequestFields {
    private(set) var hosts = 0
    private(set) var host = ""
    private(set) var expectations: [String] = []
    private(set) var transferCodings: [String] = []
    private(set) var contentLength: String?
    /// The first of them.
    private(set) var authorization: String?
    private(set) var origin: String?
    private(set) var asksForMethod = false
    private(set) var hasIdempotencyKey = false
    private(set) var deadlines: [String] = []
    private(set) var traceparents: [String] = []
    private(set) var traceStates: [String] = []
    private(set) var requestIDs: [String] = []
    private(set) var forwardedFor: [String] = []
    private(set) var connection: [String] = []

    init(_ headers: HTTPHeaders) {
        for (name, value) in headers { note(name, value) }
    }

    /// Fields that `Connection` makes those of this connection only (RFC 9110 section 7.6.1).
    var named: FieldNames? { FieldNames(namedBy: connection) }

    private mutating func note(_ name: String, _ value: String) {
        // By the length first: most fields are none of these, and end here.
        switch name.utf8.count {
        case 4 where FieldNames.areSame(name, "host"):
            hosts += 1
            host = value
        case 6:
            if FieldNames.areSame(name, "expect") {
                expectations.append(value)
            } else if FieldNames.areSame(name, "origin"), origin == nil {
                origin = value
            }
        case 10:
            if FieldNames.areSame(name, "connection") {
                connection.append(value)
            } else if FieldNames.areSame(name, "tracestate") {
                traceStates.append(value)
            }
        case 11 where FieldNames.areSame(name, "traceparent"): traceparents.append(value)
        case 12 where FieldNames.areSame(name, "x-request-id"): requestIDs.append(value)
        case 13 where FieldNames.areSame(name, "authorization") && authorization == nil: authorization = value
        case 14 where FieldNames.areSame(name, "content-length"): contentLength = value
        case 15:
            if FieldNames.areSame(name, "idempotency-key") {
                hasIdempotencyKey = true
            } else if FieldNames.areSame(name, "x-forwarded-for") {
                forwardedFor.append(value)
            }
        case 17 where FieldNames.areSame(name, "transfer-encoding"): transferCodings.append(value)
        case 21 where FieldNames.areSame(name, "x-request-deadline-ms"): deadlines.append(value)
        case 29 where FieldNames.areSame(name, "access-control-request-method"): asksForMethod = true
        default: break
        }
    }
}

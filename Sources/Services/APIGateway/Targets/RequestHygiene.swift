import HTTPTypes
import ServiceKit

/// Turns away what could be read in two ways, before anything is routed or sent.
enum RequestHygiene {
    /// Throws unless a request with these fields can be read in one way only.
    static func check(_ fields: RequestFields) throws(Problem) {
        try checkHost(fields)
        try checkExpectation(fields)
        try checkFraming(fields)
    }

    /// RFC 9112 section 3.2: no Host, a second one or one that is no host is a 400. It ends up in `Forwarded`, too.
    private static func checkHost(_ fields: RequestFields) throws(Problem) {
        guard fields.hosts == 1 else { throw .malformedRequest("A request has one Host.") }
        let isHost = fields.host.utf8.allSatisfy {
            PercentEncoding.isUnreserved($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "[")
                || $0 == UInt8(ascii: "]") || $0 == UInt8(ascii: "%")
        }
        guard isHost else { throw .malformedRequest("The Host is not one.") }
    }

    /// RFC 9110 section 10.1.1: the only expectation there is.
    private static func checkExpectation(_ fields: RequestFields) throws(Problem) {
        guard fields.expectations.allSatisfy({ $0.lowercased() == "100-continue" }) else {
            throw Problem(
                type: "unknown-expectation", status: .expectationFailed,
                title: "The only expectation that is met is 100-continue")
        }
    }

    /// RFC 9112 section 6: one way to say where a body ends. The server's own parser refuses most of this first.
    private static func checkFraming(_ fields: RequestFields) throws(Problem) {
        guard !fields.transferCodings.isEmpty else { return }
        guard fields.contentLength == nil else {
            throw .malformedRequest("A body has a length or a transfer coding, not both.").closingConnection
        }
        guard fields.transferCodings.map({ $0.lowercased() }) == ["chunked"] else {
            throw Problem(
                type: "unknown-transfer-coding", status: .notImplemented,
                title: "The only transfer coding is chunked"
            ).closingConnection
        }
    }
}

extension Problem {
    /// The same, and the end of the connection, since the rest of the request is not read.
    var closingConnection: Problem {
        var headers = headers
        headers[.connection] = "close"
        return Problem(
            type: type, status: status, title: title, detail: detail, errors: errors, headers: headers)
    }
}

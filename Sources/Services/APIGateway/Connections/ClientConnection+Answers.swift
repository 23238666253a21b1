import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1
import ServiceKit

/// What is written to the client.
extension ClientConnection {
    /// Tells a client that waits for it to send the body (RFC 9110 section 10.1.1): there is somebody now who takes it.
    func invite(_ request: ClientRequest) {
        guard request.awaitsInvitation else { return }
        request.isInvited = true
        if let context { wire.invite(context) }
    }

    // MARK: An upstream's answer

    /// The upstream's fields but those of the connection, and but what only the gateway decides.
    func answer(_ request: ClientRequest, with head: HTTPResponseHead) {
        let named = head.headers.contains(name: "Connection") ? FieldNames(namedBy: head.headers["Connection"]) : nil
        // The length decides on the framing; what else there is only passes.
        var framing = HTTPHeaders()
        var fields = FieldBytes(reserving: 768)
        for (name, value) in head.headers where !Self.ours.contains(name) && named?.contains(name) != true {
            if FieldNames.areSame(name, "content-length") {
                framing.add(name: name, value: value)
            } else {
                fields.add(name, value)
            }
        }
        fields.add("X-Request-Id", request.identity.requestID)
        begin(request, head.status, framing, &fields)
    }

    func pass(_ part: ByteBuffer) {
        if let context { wire.add(part, context) }
    }

    /// The line is in the log before the client can know that it was answered.
    func endAnswer(_ request: ClientRequest) {
        end(request)
        takeTurns()
    }

    /// An answer that has begun comes to no end. The end of the connection is how the client learns that.
    func breakOff(_ request: ClientRequest, malformed: Bool = false) {
        if malformed, request.status == nil {
            return refuse(
                request, .malformedRequest("The body is not framed as HTTP has it.").closingConnection, "broken")
        }
        request.isAnswered = true
        gateway.record(request, failure: "broken", in: connections.turn)
        flushNow()
        context?.close(promise: nil)
    }

    private static let ours = FieldNames(
        FieldNames.hopByHop + ["x-request-id", "date", "ratelimit", "ratelimit-policy"] + BrowserFields.names,
        prefixes: ["proxy-", "access-control-"])

    // MARK: The gateway's own answers

    func refuse(_ request: ClientRequest, _ problem: Problem, _ failure: String? = nil) {
        let path = request.target?.path
        let isOurs = path != nil && gateway.paths.text(of: path ?? "", route: request.place?.route) == path
        let bytes = JSONWriter.bytes(
            of: problem.json(instance: isOurs ? path : nil, traceID: request.identity.trace.traceID))
        var fields = HTTPHeaders(problem.headers)
        fields.add(name: "Content-Type", value: "application/problem+json")
        fields.add(name: "Cache-Control", value: "no-store")
        fields.add(name: "Content-Length", value: String(bytes.count))
        answer(request, HTTPResponseStatus(statusCode: problem.status.code), fields, ByteBuffer(bytes: bytes), failure)
    }

    func answer(
        _ request: ClientRequest, _ status: HTTPResponseStatus, _ fields: HTTPHeaders, _ body: ByteBuffer,
        _ failure: String? = nil
    ) {
        var more = FieldBytes(reserving: 512)
        if !fields.contains(name: "X-Request-Id") { more.add("X-Request-Id", request.identity.requestID) }
        begin(request, status, fields, &more)
        if body.readableBytes > 0 { pass(body) }
        end(request, failure)
    }

    /// To what is no request at all.
    func refuseMalformed() {
        let problem = Problem.malformedRequest("The request is not HTTP.").closingConnection
        let head = HTTPRequestHead(version: .http1_1, method: .RAW(value: "_OTHER"), uri: "")
        let request = ClientRequest(head)
        request.isRead = true
        refuse(request, problem)
    }

    // MARK: Every answer

    private func begin(
        _ request: ClientRequest, _ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ fields: inout FieldBytes
    ) {
        var headers = headers
        gateway.browsers.add(to: &fields, for: request.fields)
        if !request.isCounted, !RateLimits.standard.contains(request.head.uri) {
            gateway.limits.tell(request.client, in: &request.limits)
        }
        request.limits.add(to: &fields)
        fields.add("Date", gateway.date.now)
        if request.awaitsInvitation { headers.replaceOrAdd(name: "Connection", value: "close") }
        request.status = Int(status.code)
        wire.begin(HTTPResponseHead(version: .http1_1, status: status, headers: headers), fields)
    }

    private func end(_ request: ClientRequest, _ failure: String? = nil) {
        request.isAnswered = true
        gateway.record(request, failure: failure, in: connections.turn)
        if let context { wire.end(context) }
        flush()
    }
}

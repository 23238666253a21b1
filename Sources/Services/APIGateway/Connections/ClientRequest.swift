import HTTPTypes
import NIOCore
import NIOHTTP1
import ServiceKit

/// One request of a client, and what is known of it and its answer.
final class ClientRequest {
    let head: HTTPRequestHead
    let method: HTTPRequest.Method
    let start: NIODeadline
    let fields: RequestFields
    let identity: RequestIdentity

    /// Where it goes; nil as long as that is not known to be acceptable.
    var target: RequestTarget?
    /// Who answers for it, and what its path is called in logs and metrics; nil when it is nobody behind the gateway.
    var place: (upstream: Upstream, route: String)?
    /// Where it came from, as far as proxies of ours say.
    var client: IPAddress?
    /// Until when its client waits; nil for as long as it takes.
    var deadline: NIODeadline?
    /// It was counted by the limits, or need not be.
    var isCounted = false
    var limits = RateLimitFields()
    /// Whose token it has is being found out; nothing else is done with it until then.
    var isBeingIdentified = false
    /// Why it will not be served. Said when what came with its head was read: then mostly nothing is left of its body, and the
    /// connection can go on.
    var refusal: Problem?
    /// Its client was told to send the body.
    var isInvited = false
    var exchange: Exchange?

    /// All of it was read.
    var isRead = false
    /// Of an answer that has begun.
    var status: Int?
    /// The answer is whole.
    var isAnswered = false
    /// Its line is in the access log.
    var isRecorded = false
    /// The instance that it was sent to last, how long that took, and how often it was sent if more than once.
    var upstream: String?
    var upstreamTime: Duration?
    var upstreamTries: Int?

    init(_ head: HTTPRequestHead) {
        self.head = head
        start = .now()
        method = HTTPRequest.Method(head.method)
        fields = RequestFields(head.headers)
        identity = RequestIdentity.of(
            traceparents: fields.traceparents, requestIDs: fields.requestIDs, traceStates: fields.traceStates)
    }

    /// Its client waits to be told to send the body, and may never send it.
    var awaitsInvitation: Bool { !isInvited && !fields.expectations.isEmpty }
}

extension HTTPRequest.Method {
    /// Those that are known; any other becomes one that nobody has.
    init(_ method: HTTPMethod) {
        self =
            switch method {
            case .GET: .get
            case .HEAD: .head
            case .POST: .post
            case .PUT: .put
            case .PATCH: .patch
            case .DELETE: .delete
            case .OPTIONS: .options
            case .TRACE: .trace
            case .CONNECT: .connect
            default: .unheardOf
            }
    }

    private static let unheardOf: HTTPRequest.Method = {
        guard let method = HTTPRequest.Method("_OTHER") else { preconditionFailure("_OTHER is a token") }
        return method
    }()
}

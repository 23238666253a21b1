import NIOCore
import NIOHTTP1
import ServiceKit

/// One connection of a client: takes its requests in turn, has each answered, and writes the answers.
///
/// A request is over when it was read and answered in whole. What a client pipelines waits until then, and so does the end
/// of the connection; as long as something waits, nothing more is read. The rest of a body that nobody wants is read and
/// thrown away, within the bound that every connection has.
final class ClientConnection: ChannelDuplexHandler, RemovableChannelHandler, TurnFlushing {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer

    let gateway: Gateway
    let router: RouterAnswers
    let wire: FrontWire
    let connections: UpstreamConnections
    private(set) var context: ChannelHandlerContext?
    var current: ClientRequest?
    /// What was read and is not its turn yet.
    var waiting: CircularBuffer<HTTPServerRequestPart> = []
    var isTakingTurns = false
    var wantsRead = false
    /// Nothing more comes: the client has closed its direction, or what it sends is no HTTP.
    var end: End?
    var isFlushPending = false
    /// When something was read or answered last.
    var lastActive = NIODeadline.now()
    var idleTimer: Scheduled<Void>?
    /// The other end of the connection; nil when it has no IP address.
    private(set) lazy var peer = context?.channel.remoteAddress.flatMap { IPAddress($0) }

    private var latestOrigin: ForwardedOrigin?

    enum End {
        case closed
        case malformed
    }

    init(
        _ gateway: Gateway, _ router: RouterAnswers, _ wire: FrontWire, _ connections: UpstreamConnections
    ) {
        self.gateway = gateway
        self.router = router
        self.wire = wire
        self.connections = connections
    }

    var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Where `request` came from.
    func origin(of request: ClientRequest) -> ForwardedOrigin {
        if let latestOrigin, latestOrigin.isOf(request.client, host: request.fields.host) { return latestOrigin }
        let origin = ForwardedOrigin(request.client, host: request.fields.host)
        latestOrigin = origin
        return origin
    }

    // MARK: What the channel tells

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        closeIfIdle(after: gateway.idleTime)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        idleTimer?.cancel()
        wire.cancel()
        leave()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard wire.take(part, context) else { return }
        if case .body = part { lastActive = .now() }
        waiting.append(part)
        takeTurns()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        wire.completeRead(context)
        refuseIfNeeded()
        current?.exchange?.flushUpload()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        wire.changeWritability(context)
        current?.exchange?.clientTakesMore(context.channel.isWritable)
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        if isFull { wantsRead = true } else { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            wire.quiesce(context)
        case ChannelEvent.inputClosed:
            end = end ?? .closed
            takeTurns()
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else {
            context.close(promise: nil)
            return
        }
        end = .malformed
        takeTurns()
    }

    func channelInactive(context: ChannelHandlerContext) {
        wire.cancel()
        leave()
        context.fireChannelInactive()
    }

    // MARK: Writing

    func flush() {
        guard !isFlushPending else { return }
        isFlushPending = true
        connections.turn.flush(self)
    }

    func flushNow() {
        isFlushPending = false
        if let context { wire.flush(context) }
    }
}

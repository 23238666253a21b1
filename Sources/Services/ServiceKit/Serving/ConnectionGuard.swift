import NIOCore
import NIOHTTP1

/// The one handler of what guards a connection: it unwraps each part of a message and has everybody see it.
///
/// A handler for each of them costs more than what they do: each would unwrap the part again, and hand on what is not its
/// own.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let timeouts: SlowClientTimeouts
    private let framing = AnswerFraming()
    private let drain: ConnectionDrain

    init(_ guards: ConnectionGuards) {
        timeouts = SlowClientTimeouts(bounds: guards.bounds)
        drain = ConnectionDrain(readiness: guards.readiness)
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            timeouts.beginRequest()
            framing.beginRequest(head)
            drain.beginRequest(head)
        case .body(let part):
            drain.take(part, context)
        case .end:
            timeouts.endRequest()
            drain.endRequest()
        }
        if !drain.isOver { context.fireChannelRead(data) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        timeouts.completeRead(context)
        context.fireChannelReadComplete()
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            let isMarked = drain.beginAnswer(&head)
            let isReframed = framing.beginAnswer(&head)
            context.write(isMarked || isReframed ? wrapOutboundOut(.head(head)) : data, promise: promise)
        case .body:
            context.write(framing.allowsBody ? data : nothing, promise: promise)
        case .end:
            let end = framing.allowsBody ? data : nothing
            framing.endAnswer()
            timeouts.endAnswer()
            guard drain.endAnswer(context) else { return context.write(end, promise: promise) }
            drain.finish(with: end, context)
            promise?.succeed()
        }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is Invitation.Sent else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        guard framing.allowsInterimResponse else {
            promise?.succeed()
            return
        }
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: promise)
    }

    /// What is written for a part that the client may not get: the promise is kept in its turn.
    private var nothing: NIOAny { wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))) }

    // MARK: The channel

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        timeouts.changeWritability(context)
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        // Goes no further: the server's own handler would close the connection at once.
        drain.quiesce(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        cancel()
    }

    private func cancel() {
        timeouts.cancel()
        drain.cancel()
    }
}

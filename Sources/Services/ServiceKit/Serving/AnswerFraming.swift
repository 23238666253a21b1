import NIOCore
import NIOHTTP1

/// Frames each response as its request allows, which the encoder cannot know.
///
/// A client of HTTP/1.0 understands neither chunks nor interim responses (RFC 9112 section 7.1, RFC 9110 section 15.2): its
/// answer ends with the connection. An answer to HEAD has the fields that one to GET would have, and never a body (RFC 9110
/// section 9.3.2).
final class AnswerFraming: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private struct Asked {
        let isHead: Bool
        let isOld: Bool
    }

    /// The requests without an answer, which come in the same order.
    private var asked: CircularBuffer<Asked> = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data) {
            asked.append(Asked(isHead: head.method == .HEAD, isOld: head.version != .http1_1))
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard let first = asked.first else { return context.write(data, promise: promise) }
        switch unwrapOutboundIn(data) {
        case .head(var head) where first.isOld:
            head.version = .http1_0
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body where first.isHead:
            nothing(context, promise)
        case .end:
            asked.removeFirst()
            if first.isHead { nothing(context, promise) } else { context.write(data, promise: promise) }
        case .head, .body:
            context.write(data, promise: promise)
        }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is Invitation.Sent else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        guard let first = asked.first, !first.isOld else {
            promise?.succeed()
            return
        }
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: promise)
    }

    /// Keeps the promise in its turn.
    private func nothing(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))), promise: promise)
    }
}

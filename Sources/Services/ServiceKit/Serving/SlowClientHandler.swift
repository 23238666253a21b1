import NIOCore
import NIOHTTP1

/// Closes a connection whose client is too slow with the head of a request, or does not take what is written to it.
///
/// Who waits for a client that does not read, waits for ever: its answer, its place among the calls and its memory would
/// be the client's to keep. Between requests and within bodies the server's own idle bound holds.
final class SlowClientHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let bounds: ConnectionBounds
    private var requestsUnderWay = 0
    private var isReadingRequest = false
    /// The bytes that came last made up a part of a request.
    private var wasPart = false
    private var headTimeout: Scheduled<Void>?
    private var writeTimeout: Scheduled<Void>?

    init(bounds: ConnectionBounds) {
        self.bounds = bounds
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        wasPart = true
        switch unwrapInboundIn(data) {
        case .head:
            requestsUnderWay += 1
            isReadingRequest = true
            headTimeout?.cancel()
            headTimeout = nil
        case .body: break
        case .end: isReadingRequest = false
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Bytes that are no part of anything yet: the beginning of a head.
        if !wasPart, !isReadingRequest, requestsUnderWay == 0, headTimeout == nil {
            headTimeout = close(after: bounds.head, context)
        }
        wasPart = false
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { requestsUnderWay -= 1 }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writeTimeout?.cancel()
        writeTimeout = context.channel.isWritable ? nil : close(after: bounds.write, context)
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        cancel()
    }

    private func close(after delay: Duration, _ context: ChannelHandlerContext) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { context.close(promise: nil) }
    }

    private func cancel() {
        headTimeout?.cancel()
        writeTimeout?.cancel()
    }
}

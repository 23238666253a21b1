import NIOCore
import NIOHTTP1

/// Ends one connection so that no request on it is lost.
///
/// While the instance drains, each response says that it is the last (RFC 9112 section 9.6): a client that goes by it
/// sends nothing more. A connection without a request stays for a while, since one may be on its way; closing it at once,
/// as servers do, loses that. A connection is closed in two steps, our direction first: data that arrives after both are
/// closed would make the kernel throw away what the client has not read yet.
///
/// A client that wants no more than one answer, as clients of HTTP/1.0 do, gets no more; and one that goes on sending a
/// body after the answer to it is not listened to for long.
final class ConnectionDrain: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// For how long a client may take to close its direction after the last response.
    private static let farewell = TimeAmount.seconds(1)

    /// How much of a body is read and thrown away after the answer to it, for the connection to go on.
    private static let unwantedBytes = 64 * 1024

    private let readiness: Readiness
    private var requestsUnderWay = 0
    /// The request that was read last is the client's last.
    private var isLastRequest = false
    /// What is to come of the body of the request that was read last, in bytes; nil when it does not say, 0 at its end.
    private var bodyLeft: Int? = 0
    /// What came of the request's body after its answer, in bytes.
    private var unwanted = 0
    private var idleSince = NIODeadline.now()
    private var isQuiescing = false
    /// The response under way says that it is the last.
    private var isLast = false
    /// The last response is written; whatever comes is nobody's.
    private var isOver = false
    private var closing: Scheduled<Void>?

    init(readiness: Readiness) {
        self.readiness = readiness
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            requestsUnderWay += 1
            unwanted = 0
            bodyLeft = head.headers.first(name: "Content-Length").flatMap { Int($0) }
            isLastRequest = head.version != .http1_1 || !head.isKeepAlive
            cancelClosing()
        case .body(let part) where requestsUnderWay == 0:
            take(part)
            unwanted += part.readableBytes
            guard unwanted <= Self.unwantedBytes else {
                sayFarewell(context)
                return
            }
        case .body(let part):
            take(part)
        case .end:
            bodyLeft = 0
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.code >= 200:
            if isQuiescing || readiness.isDraining || requestsUnderWay == 1 && (isLastRequest || leavesBody) {
                head.headers.replaceOrAdd(name: "Connection", value: "close")
            }
            isLast = head.headers[canonicalForm: "Connection"].contains { $0.lowercased() == "close" }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            requestsUnderWay -= 1
            idleSince = .now()
            if isLast {
                isOver = true
                let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
                context.writeAndFlush(data).assumeIsolated().whenComplete { _ in
                    let (drain, context) = bound.value
                    drain.sayFarewell(context)
                }
                promise?.succeed()
            } else {
                context.write(data, promise: promise)
                closeWhenIdle(context)
            }
        case .head, .body:
            context.write(data, promise: promise)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        // Goes no further: the server's own handler would close the connection at once.
        isQuiescing = true
        closeWhenIdle(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancelClosing()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        cancelClosing()
    }

    private func take(_ part: ByteBuffer) {
        bodyLeft = bodyLeft.map { max(0, $0 - part.readableBytes) }
    }

    /// So much of the body is still to come, or nobody knows how much, that it is not waited for after the answer: the
    /// client is told, so that it sends nothing behind it.
    private var leavesBody: Bool { bodyLeft.map { $0 > Self.unwantedBytes } ?? true }

    private func sayFarewell(_ context: ChannelHandlerContext) {
        isOver = true
        context.close(mode: .output, promise: nil)
        close(after: Self.farewell, context)
    }

    private func closeWhenIdle(_ context: ChannelHandlerContext) {
        guard isQuiescing, requestsUnderWay == 0, !isOver else { return }
        close(after: max(.zero, idleSince + TimeAmount(Readiness.idleTime) - .now()), context)
    }

    /// By a timer even when it is due: what the socket holds is read before timers run.
    private func close(after delay: TimeAmount, _ context: ChannelHandlerContext) {
        cancelClosing()
        closing = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { context.close(promise: nil) }
    }

    private func cancelClosing() {
        closing?.cancel()
        closing = nil
    }
}

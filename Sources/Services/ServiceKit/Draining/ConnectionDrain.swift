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
final class ConnectionDrain {
    /// For how long a client may take to close its direction after the last response.
    private static let farewell = TimeAmount.seconds(1)

    /// How much of a body is read and thrown away after the answer to it, for the connection to go on.
    private static let unwantedBytes = 64 * 1024

    private let readiness: Readiness
    private var requestsUnderWay = 0
    /// The request that was read last is the client's last.
    private var isLastRequest = false
    /// The fields of the request that was read last, until its end is read.
    private var fields: HTTPHeaders?
    /// What came of its body, in bytes.
    private var bodyRead = 0
    /// What came of its body after its answer, in bytes.
    private var unwanted = 0
    private var idleSince = NIODeadline.now()
    private var isQuiescing = false
    /// The response under way says that it is the last.
    private var isLast = false
    /// The last response is written; whatever comes is nobody's.
    private(set) var isOver = false
    private var closing: Scheduled<Void>?

    init(readiness: Readiness) {
        self.readiness = readiness
    }

    func beginRequest(_ head: HTTPRequestHead) {
        guard !isOver else { return }
        requestsUnderWay += 1
        unwanted = 0
        bodyRead = 0
        fields = head.headers
        isLastRequest = head.version != .http1_1 || !head.isKeepAlive
        cancel()
    }

    /// Takes a part of the body. It may be the one with which it is over.
    func take(_ part: ByteBuffer, _ context: ChannelHandlerContext) {
        guard !isOver else { return }
        bodyRead += part.readableBytes
        guard requestsUnderWay == 0 else { return }
        unwanted += part.readableBytes
        if unwanted > Self.unwantedBytes { sayFarewell(context) }
    }

    func endRequest() {
        fields = nil
    }

    /// Has `head` say that it is the last, when it is.
    ///
    /// - Returns: whether `head` is another now.
    func beginAnswer(_ head: inout HTTPResponseHead) -> Bool {
        guard head.status.code >= 200 else { return false }
        if isQuiescing || readiness.isDraining || requestsUnderWay == 1 && (isLastRequest || leavesBody) {
            head.headers.replaceOrAdd(name: "Connection", value: "close")
            isLast = true
            return true
        }
        isLast =
            head.headers.contains(name: "Connection")
            && head.headers[canonicalForm: "Connection"].contains { $0.lowercased() == "close" }
        return false
    }

    /// A response has come to its end.
    ///
    /// - Returns: whether it is the last. Then ``finish(with:_:)`` is to follow.
    func endAnswer(_ context: ChannelHandlerContext) -> Bool {
        requestsUnderWay -= 1
        idleSince = .now()
        guard !isLast else { return true }
        closeWhenIdle(context)
        return false
    }

    /// Has the end of the last response on its way at once, and closes our direction behind it.
    func finish(with end: NIOAny, _ context: ChannelHandlerContext) {
        isOver = true
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.writeAndFlush(end).assumeIsolated().whenComplete { _ in
            let (drain, context) = bound.value
            drain.sayFarewell(context)
        }
    }

    /// From now on the response under way or the next is the last, and there may be none.
    func quiesce(_ context: ChannelHandlerContext) {
        isQuiescing = true
        closeWhenIdle(context)
    }

    func cancel() {
        closing?.cancel()
        closing = nil
    }

    /// So much of the body is still to come, or nobody knows how much, that it is not waited for after the answer: the
    /// client is told, so that it sends nothing behind it.
    private var leavesBody: Bool {
        guard let fields else { return false }
        if fields.contains(name: "Transfer-Encoding") { return true }
        guard let length = fields.first(name: "Content-Length") else { return false }
        return Int(length).map { $0 - bodyRead > Self.unwantedBytes } ?? true
    }

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
        cancel()
        closing = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { context.close(promise: nil) }
    }
}

import NIOCore
import NIOHTTP1
import ServiceKit

/// One connection to an instance, used by one exchange after the other. Everything happens on its event loop, which is that
/// of its clients: an answer is passed on by the thread that has read it.
final class UpstreamConnection: ChannelDuplexHandler, TurnFlushing {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    /// A connection without a request for so long is not used again: a service that stops keeps each for at least
    /// ``Readiness/idleTime``, so no request meets one that is being closed.
    static let idleTime = TimeAmount(Readiness.idleTime / 2)

    /// Where it waits for the next exchange.
    private let idle: IdleConnections
    private let connections: UpstreamConnections
    private let encoder: RequestEncoder
    private var context: ChannelHandlerContext?
    private var exchange: Exchange?
    private var idleSince = NIODeadline.now()
    /// The request was sent in whole.
    private var isSent = false
    /// After this exchange another may follow.
    private var isKept = false
    /// An answer has come to its end, and what was read with it is being looked at: it must be nothing.
    private var isResting = false
    /// Nothing is read, since the client does not take what was read.
    private var isHeld = false
    private var isFlushPending = false
    private var wantsRead = false
    /// When what is waited for must have come; nil while nothing is.
    private var deadline: NIODeadline?
    private var timer: (at: NIODeadline, task: Scheduled<Void>)?

    init(to idle: IdleConnections, of connections: UpstreamConnections, _ encoder: RequestEncoder) {
        self.encoder = encoder
        self.idle = idle
        self.connections = connections
    }

    var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Whether a request may be sent on it now.
    var isFresh: Bool { context?.channel.isActive == true && idleSince + Self.idleTime > .now() }

    // MARK: What the exchange asks for

    /// - Parameters:
    ///   - fields: follow those of the head.
    ///   - isWhole: there is no body, and the head is all of the request.
    func begin(_ exchange: Exchange, _ head: HTTPRequestHead, _ fields: FieldBytes, isWhole: Bool) {
        self.exchange = exchange
        isKept = false
        encoder.attach(fields)
        send(.head(head))
        isSent = isWhole
    }

    func send(_ part: HTTPClientRequestPart) {
        if case .end = part { isSent = true }
        context?.write(wrapOutboundOut(part), promise: nil)
    }

    func flush() {
        guard !isFlushPending else { return }
        isFlushPending = true
        connections.turn.flush(self)
    }

    func flushNow() {
        isFlushPending = false
        context?.flush()
    }

    /// The next part of the answer must be there at `deadline`; nil for no bound. A timer is set only when none ends before:
    /// mostly the time is moved on long before it is over.
    func expect(by deadline: NIODeadline?) {
        self.deadline = deadline
        if let deadline, timer.map({ deadline < $0.at }) ?? true { setTimer(deadline) }
    }

    /// Whether to go on reading.
    func hold(_ isHeld: Bool) {
        self.isHeld = isHeld
        if !isHeld, wantsRead {
            wantsRead = false
            context?.read()
        }
    }

    /// Waits for the next exchange.
    func rest() {
        isResting = false
        idleSince = .now()
        expect(by: idleSince + Self.idleTime)
        if connections.isClosed { close() } else { idle.add(self) }
    }

    /// Nobody waits for the answer any more.
    func abandon() {
        exchange = nil
        context?.close(promise: nil)
    }

    func close() {
        context?.close(promise: nil)
    }

    // MARK: What the channel tells

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        timer?.task.cancel()
        timer = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            isKept = head.isKeepAlive
            exchange?.begin(head)
        case .body(let part):
            exchange?.pass(part)
        case .end:
            end()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        exchange?.flushAnswer()
        if isResting { rest() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        exchange?.upstreamTakesMore()
    }

    func read(context: ChannelHandlerContext) {
        if isHeld { wantsRead = true } else { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        breakOff(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        breakOff(ChannelError.eof)
        idle.remove(self)
    }

    private func breakOff(_ error: any Error) {
        isResting = false
        let broken = exchange
        exchange = nil
        broken?.broke(error)
    }

    /// The answer is whole.
    private func end() {
        let finished = exchange
        exchange = nil
        hold(false)
        if isSent, isKept {
            isResting = true
        } else {
            close()
        }
        finished?.end()
    }

    private func setTimer(_ deadline: NIODeadline) {
        guard let context else { return }
        timer?.task.cancel()
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.timeIsUp() }
        timer = (deadline, task)
    }

    private func timeIsUp() {
        timer = nil
        guard let deadline else { return }
        guard deadline <= .now() else { return setTimer(deadline) }
        let late = exchange
        exchange = nil
        close()
        late?.timedOut()
    }
}

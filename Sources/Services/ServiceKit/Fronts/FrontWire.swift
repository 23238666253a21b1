import NIOCore
import NIOHTTP1

/// The client's end of a connection on which a ``Front`` answers: all that guards any connection, and what writes the
/// answers, for the front's handler to call. As handlers of their own they would cost several times what they do.
///
/// Only used on the connection's event loop. `context` is that of the handler that calls.
package final class FrontWire {
    private let timeouts: SlowClientTimeouts
    private let framing = AnswerFraming()
    private let drain: ConnectionDrain
    private var bytes = MessageBytes()

    init(_ guards: ConnectionGuards) {
        timeouts = SlowClientTimeouts(bounds: guards.bounds)
        drain = ConnectionDrain(readiness: guards.readiness)
    }

    // MARK: Requests

    /// To be told every part of a request.
    ///
    /// - Returns: whether there is still somebody to answer.
    package func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) -> Bool {
        switch part {
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
        return !drain.isOver
    }

    package func completeRead(_ context: ChannelHandlerContext) {
        timeouts.completeRead(context)
    }

    // MARK: Answers

    /// Tells a client that waits for it to send the body of its request (RFC 9110 section 10.1.1).
    package func invite(_ context: ChannelHandlerContext) {
        guard framing.allowsInterimResponse else { return }
        bytes.begin(HTTPResponseHead(version: .http1_1, status: .continue), nil)
        flush(context)
    }

    /// Begins an answer.
    ///
    /// - Parameter fields: follow those of `head`, which has all that says how the body is framed and whether the connection
    ///   goes on.
    package func begin(_ head: HTTPResponseHead, _ fields: FieldBytes) {
        var head = head
        _ = drain.beginAnswer(&head)
        _ = framing.beginAnswer(&head)
        bytes.begin(head, fields)
    }

    package func add(_ part: ByteBuffer, _ context: ChannelHandlerContext) {
        if framing.allowsBody { bytes.add(part) { write($0, context) } }
    }

    /// Ends the answer. What was written is sent by `flush`.
    package func end(_ context: ChannelHandlerContext) {
        if framing.allowsBody {
            bytes.end { write($0, context) }
        } else {
            bytes.flush { write($0, context) }
        }
        framing.endAnswer()
        timeouts.endAnswer()
        if drain.endAnswer(context) { drain.finish(with: NIOAny(ByteBuffer()), context) }
    }

    package func flush(_ context: ChannelHandlerContext) {
        bytes.flush { write($0, context) }
        context.flush()
    }

    private func write(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) {
        context.write(NIOAny(buffer), promise: nil)
    }

    // MARK: The channel

    package func changeWritability(_ context: ChannelHandlerContext) {
        timeouts.changeWritability(context)
    }

    /// From now on the answer under way or the next is the last, and there may be none.
    package func quiesce(_ context: ChannelHandlerContext) {
        drain.quiesce(context)
    }

    package func cancel() {
        timeouts.cancel()
        drain.cancel()
    }
}

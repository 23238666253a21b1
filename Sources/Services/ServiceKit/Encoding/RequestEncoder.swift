import NIOCore
import NIOHTTP1

/// Writes requests as HTTP/1.1 bytes. Whoever sends one says by its fields how long its body is.
package final class RequestEncoder: ChannelOutboundHandler, RemovableChannelHandler {
    package typealias OutboundIn = HTTPClientRequestPart
    package typealias OutboundOut = IOData

    private var bytes = MessageBytes()
    private var more: FieldBytes?

    package init() {}

    /// Has these fields follow those of the head that is written next.
    package func attach(_ fields: FieldBytes) {
        more = fields
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            bytes.begin(
                [.text(head.method.rawValue), .fixed(" "), .text(head.uri), .fixed(" HTTP/1.1")], head.headers,
                more, head.headers.contains(name: "Transfer-Encoding") ? .chunked : .plain)
            more = nil
        case .body(.byteBuffer(let part)): bytes.add(part) { self.write($0, context) }
        case .body(.fileRegion(let region)):
            bytes.flush { self.write($0, context) }
            return context.write(wrapOutboundOut(.fileRegion(region)), promise: promise)
        case .end: bytes.end { self.write($0, context) }
        }
        guard let promise else { return }
        // It is kept when all that was written so far is on its way.
        bytes.flush { self.write($0, context) }
        context.write(wrapOutboundOut(.byteBuffer(ByteBuffer())), promise: promise)
    }

    package func flush(context: ChannelHandlerContext) {
        bytes.flush { self.write($0, context) }
        context.flush()
    }

    private func write(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.byteBuffer(buffer)), promise: nil)
    }
}

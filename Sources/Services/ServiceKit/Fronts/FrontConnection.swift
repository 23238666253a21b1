import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// A connection on which a ``Front`` answers: NIO's HTTP parser, the same bounds as any connection, and the front's handler.
struct FrontConnection: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
    }

    let guards: ConnectionGuards
    let front: Front
    let answers: RouterAnswers

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = ConnectionGuards.headLimits.maxHeaderFieldSize
            limits.maxHeaderListSize = ConnectionGuards.headLimits.maxHeaderListSize
            limits.maxHeaderFieldCount = ConnectionGuards.headLimits.maxHeaderFieldCount
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: limits)))
            try pipeline.addHandler(front.handler(channel, FrontWire(guards), answers))
            return Value(channel: channel)
        }
    }

    func handle(value: Value, logger: Logger) async {
        await withTaskCancellationHandler {
            do {
                try await value.channel.closeFuture.get()
            } catch {
                logger.debug("a connection ended badly", error: error)
            }
        } onCancel: {
            value.channel.close(promise: nil)
        }
    }
}

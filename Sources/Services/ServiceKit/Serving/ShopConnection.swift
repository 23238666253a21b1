import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// A connection to a service: Hummingbird's, with bounds, and an end that loses no request.
struct ShopConnection: ServerChildChannel {
    private let http: HTTP1Channel
    private let readiness: Readiness
    private let bounds: ConnectionBounds

    init(readiness: Readiness, bounds: ConnectionBounds, responder: @escaping HTTPChannelHandler.Responder) {
        self.readiness = readiness
        self.bounds = bounds
        http = HTTP1Channel(
            responder: responder,
            configuration: HTTP1Channel.Configuration(
                idleTimeout: TimeAmount(bounds.idle),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 16 * 1024, maxHeaderListSize: 32 * 1024, maxHeaderFieldCount: 100)))
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        http.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandlers(
                [SlowClientHandler(bounds: bounds), AnswerFraming(), ConnectionDrain(readiness: readiness)],
                position: .after(decoder))
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await http.handle(value: value, logger: logger)
    }
}

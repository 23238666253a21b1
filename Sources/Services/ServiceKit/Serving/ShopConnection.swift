import HummingbirdCore
import Logging
import NIOCore

/// A connection to a service: Hummingbird's, with bounds, and an end that loses no request.
struct ShopConnection: ServerChildChannel {
    private let http: HTTP1Channel
    private let guards: ConnectionGuards

    init(guards: ConnectionGuards, responder: @escaping HTTPChannelHandler.Responder) {
        self.guards = guards
        http = HTTP1Channel(
            responder: responder,
            configuration: HTTP1Channel.Configuration(
                idleTimeout: TimeAmount(guards.bounds.idle), httpDecoderConfiguration: ConnectionGuards.headLimits))
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        http.setup(channel: channel, logger: logger).flatMapThrowing { value in
            // A server that ends may take no more connections, and NIO ends the process for one of these that is let go before
            // it is closed.
            channel.closeFuture.whenComplete { _ in withExtendedLifetime(value) {} }
            try guards.add(to: channel)
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await http.handle(value: value, logger: logger)
    }
}

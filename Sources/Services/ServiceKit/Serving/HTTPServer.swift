import Glibc
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Serves HTTP on a port of its own or on a socket that was passed, until it is told to stop.
///
/// Hummingbird's own server binds an address and nothing else, and may drop connections when it stops. So listening and
/// stopping are ours; what happens on a connection is the connection's.
struct HTTPServer<Connection: ServerChildChannel>: Service {
    /// How long connections may take to end, once nothing new is accepted.
    private static var patience: TimeAmount { .seconds(7) }

    let settings: ServiceSettings
    let connection: Connection
    let eventLoopGroup: any EventLoopGroup
    let logger: Logger
    /// Told the port that it listens on.
    let whenListening: @Sendable (Int) async -> Void

    func run() async throws {
        let socket = try ListeningSocket(settings)
        let open = OpenConnections()
        let (accepted, source) = AsyncStream.makeStream(of: Connection.Value.self)
        let port = socket.port
        logger.info(
            "listening",
            metadata: [
                "port": .stringConvertible(port),
                "socket": .string(settings.socket.map { "descriptor \($0.descriptor)" } ?? settings.host),
            ])
        await whenListening(port)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask {
                try await socket.accept { descriptor in
                    if open.count < settings.connections.atOnce {
                        open.add(setUp(descriptor, source))
                    } else {
                        close(descriptor)
                    }
                }
                try await end(open, source)
            }
            group.addTask {
                // Cancelled instead of shut down it is to stop as well.
                try? await gracefulShutdown()
                socket.stop()
            }
            for await connection in accepted {
                group.addTask(executorPreference: EventLoopExecutor.of(connection.channel.eventLoop)) {
                    await self.connection.handle(value: connection, logger: logger)
                }
            }
        }
    }

    private func setUp(
        _ descriptor: CInt, _ accepted: AsyncStream<Connection.Value>.Continuation
    ) -> EventLoopFuture<any Channel> {
        ClientBootstrap(group: eventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                connection.setup(channel: channel, logger: logger).flatMapThrowing { value in
                    // Nobody takes it when the server was cancelled; then it is closed.
                    if case .terminated = accepted.yield(value) { throw CancellationError() }
                }
            }
            .withConnectedSocket(descriptor)
    }

    /// Lets every connection come to its end, now that there are no new ones.
    private func end(_ open: OpenConnections, _ accepted: AsyncStream<Connection.Value>.Continuation) async throws {
        let eventLoop = eventLoopGroup.next()
        try await open.allSetUp(on: eventLoop).get()
        accepted.finish()
        let channels = open.channels
        let timeout = eventLoop.scheduleTask(in: Self.patience) {
            let late = open.channels
            logger.warning(
                "connections are closed in mid-request", metadata: ["connections": .stringConvertible(late.count)])
            for channel in late { channel.close(promise: nil) }
        }
        for channel in channels {
            channel.eventLoop.execute {
                channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
            }
        }
        try await EventLoopFuture.andAllComplete(channels.map(\.closeFuture), on: eventLoop).get()
        timeout.cancel()
    }
}

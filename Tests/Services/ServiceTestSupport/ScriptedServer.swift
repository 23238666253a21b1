import NIOCore
import NIOPosix

/// A server that answers the first bytes of every connection with the same bytes, HTTP or not, and closes.
package enum ScriptedServer {
    private final class Script: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let answer: String
        let whenAsked: @Sendable () -> Void

        init(answer: String, whenAsked: @escaping @Sendable () -> Void) {
            self.answer = answer
            self.whenAsked = whenAsked
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            whenAsked()
            let channel = context.channel
            channel.writeAndFlush(ByteBuffer(string: answer)).whenComplete { _ in
                channel.close(promise: nil)
            }
        }
    }

    /// - Parameter whenAsked: told of each connection's bytes.
    package static func run(
        _ answer: String, whenAsked: @escaping @Sendable () -> Void = {}, _ test: (Int) async throws -> Void
    ) async throws {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { $0.pipeline.addHandler(Script(answer: answer, whenAsked: whenAsked)) }
            .bind(host: "127.0.0.1", port: 0).get()
        guard let port = channel.localAddress?.port else { preconditionFailure("a bound channel has a port") }
        do {
            try await test(port)
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }
}

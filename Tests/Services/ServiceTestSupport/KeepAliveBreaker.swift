import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server that answers the first request on each connection with the request's body, and closes the connection when a
/// second one comes: what a client meets that reuses a connection just as the server gives it up.
package final class KeepAliveBreaker: Sendable {
    private let seen = Mutex<[String]>([])

    /// The requests that came, answered or not: `POST /path body`.
    package var requests: [String] { seen.withLock(\.self) }

    private final class Connection: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let server: KeepAliveBreaker
        private var isUsed = false
        private var line = ""
        private var body = ""

        init(_ server: KeepAliveBreaker) {
            self.server = server
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): (line, body) = ("\(head.method) \(head.uri)", "")
            case .body(let part): body += String(buffer: part)
            case .end:
                server.seen.withLock { $0.append(body.isEmpty ? line : "\(line) \(body)") }
                if isUsed { return context.close(promise: nil) }
                isUsed = true
                let answer = ByteBuffer(string: body)
                let headers: HTTPHeaders = ["Content-Length": "\(answer.readableBytes)"]
                let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.write(wrapOutboundOut(.body(.byteBuffer(answer))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }

    package static func run<Value>(_ test: (KeepAliveBreaker, Int) async throws -> Value) async throws -> Value {
        let server = KeepAliveBreaker()
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Connection(server))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        guard let port = channel.localAddress?.port else { preconditionFailure("a bound channel has a port") }
        do {
            let value = try await test(server, port)
            try await channel.close()
            return value
        } catch {
            try await channel.close()
            throw error
        }
    }
}

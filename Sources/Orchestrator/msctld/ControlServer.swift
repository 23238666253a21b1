import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import SystemPackage

/// The HTTP server on the control socket.
///
/// Built from the parts of Hummingbird's `Application`, which itself would wake up once a second to have the date at hand
/// for its answers. Ours carry none: who asks sits on the same machine, and a daemon that has nothing to do sleeps.
struct ControlServer: Service, CustomStringConvertible {
    private let server: any Service
    /// The service group prints its services, which takes it four milliseconds for a server of many generic parts.
    let description = "control server"

    func run() async throws { try await server.run() }

    init(_ router: Router<BasicRequestContext>, socket: FilePath) throws {
        let logger = Logger(label: "msctld", factory: { _ in SilentLogHandler() })
        let responder = router.buildResponder()
        server = try HTTPServerBuilder.http1().buildServer(
            configuration: ServerConfiguration(address: .unixDomainSocket(path: socket.string)),
            eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: 1), logger: logger
        ) { request, writer, channel in
            let context = BasicRequestContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
            var answer: Response
            do {
                answer = try await responder.respond(to: request, context: context)
            } catch {
                // Routes answer what they know of; the rest is ours, and who asked is told so.
                answer = Response(status: .internalServerError, body: .init(byteBuffer: ByteBuffer(string: "\(error)")))
            }
            try await writer.write(response: answer.head, body: answer.body)
        }
    }
}

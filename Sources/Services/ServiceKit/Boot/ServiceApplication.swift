import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// A service's routes behind ``HTTPServer``, with the services that run beside it.
///
/// In tests Hummingbird may put a server of its own in its place; the connections are the same.
struct ServiceApplication: ApplicationProtocol {
    let responder: RouterResponder<ShopContext>
    let runtime: ServiceRuntime
    /// Started in this order before the server and stopped in reverse after it.
    let services: [any Service]
    /// Told the port that it listens on.
    let whenListening: @Sendable (Int) async -> Void

    var logger: Logger { runtime.logger }
    var server: HTTPServerBuilder {
        HTTPServerBuilder { connection($0) }
    }

    func run() async throws {
        let server = HTTPServer(
            settings: runtime.settings,
            connection: connection(respond(HTTPDate())),
            eventLoopGroup: eventLoopGroup, logger: logger, whenListening: whenListening)
        try await ServiceGroup(services: services + [server], logger: logger).run()
    }

    private func connection(_ responder: @escaping HTTPChannelHandler.Responder) -> ShopConnection {
        ShopConnection(readiness: runtime.readiness, bounds: runtime.settings.connections, responder: responder)
    }

    private func respond(_ date: HTTPDate) -> HTTPChannelHandler.Responder {
        { request, writer, channel in
            var request = request
            let invitation = Invitation.awaited(by: &request, on: channel)
            let context = ShopContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
            // The middleware has made a response of every error but this: the connection broke, and the server ends it.
            var response = try await responder.respond(to: request, context: context)
            response.headers[.date] = date.now
            if let invitation, !invitation.wasSent { response.headers[.connection] = "close" }
            do {
                try await writer.write(response: response.head, body: response.body)
            } catch is HTTPParserError {
                // The server would answer it with a second response.
                throw BrokenRequest()
            }
        }
    }

    /// The request's body came to no end while it was being answered.
    private struct BrokenRequest: Error {}
}

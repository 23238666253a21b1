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
    /// Answers in the place of the responder, and asks it.
    let front: Front?
    /// Told the port that it listens on.
    let whenListening: @Sendable (Int) async -> Void

    var logger: Logger { runtime.logger }
    var server: HTTPServerBuilder {
        HTTPServerBuilder { connection($0) }
    }

    func run() async throws {
        try await ServiceGroup(services: services + [service(on: connection(respond(HTTPDate())))], logger: logger)
            .run()
    }

    private func service(on connection: some ServerChildChannel) -> any Service {
        HTTPServer(
            settings: runtime.settings, connection: connection, eventLoopGroup: eventLoopGroup, logger: logger,
            whenListening: whenListening)
    }

    private func connection(_ responder: @escaping HTTPChannelHandler.Responder) -> any ServerChildChannel {
        let guards = ConnectionGuards(readiness: runtime.readiness, bounds: runtime.settings.connections)
        guard let front else { return ShopConnection(guards: guards, responder: responder) }
        return FrontConnection(
            guards: guards, front: front, answers: RouterAnswers(responder: self.responder, logger: logger))
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

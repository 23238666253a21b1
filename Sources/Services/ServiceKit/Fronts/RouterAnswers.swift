import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1
import Synchronization

/// The router's answers to requests without a body, whole, for a ``Front``.
package struct RouterAnswers: Sendable {
    package struct Answer: Sendable {
        package let head: HTTPResponseHead
        package let body: ByteBuffer
    }

    let responder: RouterResponder<ShopContext>
    let logger: Logger

    /// The answer to `head`, on the event loop of `channel`. Fails when the head is none that HTTP allows.
    package func answer(to head: HTTPRequestHead, on channel: any Channel) -> EventLoopFuture<Answer> {
        let promise = channel.eventLoop.makePromise(of: Answer.self)
        Task(executorPreference: EventLoopExecutor.of(channel.eventLoop)) {
            do {
                let request = Request(
                    head: try HTTPRequest(head, secure: false, splitCookie: false),
                    body: RequestBody(buffer: ByteBuffer()))
                let context = ShopContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
                let response = try await responder.respond(to: request, context: context)
                let writer = WholeBody()
                try await response.body.write(writer)
                promise.succeed(Answer(head: HTTPResponseHead(response.head), body: writer.bytes.withLock(\.self)))
            } catch {
                promise.fail(error)
            }
        }
        return promise.futureResult
    }

    private final class WholeBody: ResponseBodyWriter {
        let bytes = Mutex(ByteBuffer())

        func write(_ buffer: ByteBuffer) async throws { bytes.withLock { _ = $0.writeImmutableBuffer(buffer) } }
        func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }
}

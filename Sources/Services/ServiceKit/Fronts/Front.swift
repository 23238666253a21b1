import NIOCore

/// Answers requests in the place of the router, for a service that must not spend a task and a copy of every field on each.
/// What is the router's all the same it asks of the router.
package struct Front: Sendable {
    /// The handler of one connection. It takes `HTTPServerRequestPart`, tells all of it to the wire and
    /// answers by it, answers each
    /// request once and in turn, and closes a connection that is idle for too long. Called on the connection's event loop.
    package typealias Handler = @Sendable (any Channel, FrontWire, RouterAnswers) -> any ChannelHandler

    package let handler: Handler

    package init(handler: @escaping Handler) {
        self.handler = handler
    }
}

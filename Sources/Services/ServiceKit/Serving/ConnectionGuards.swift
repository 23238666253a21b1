import HummingbirdCore
import NIOCore
import NIOHTTP1

/// What every connection to a service has above its HTTP decoder, whoever answers on it: bounds on what a client may hold,
/// answers framed as their requests allow, and an end that loses no request.
struct ConnectionGuards: Sendable {
    let readiness: Readiness
    let bounds: ConnectionBounds

    /// The largest head that is read, in bytes and fields.
    static let headLimits = HTTP1Channel.Configuration.DecoderConfiguration(
        maxHeaderFieldSize: 16 * 1024, maxHeaderListSize: 32 * 1024, maxHeaderFieldCount: 100)

    /// To be called on the event loop of `channel`, whose pipeline has an HTTP decoder.
    func add(to channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
        try pipeline.addHandler(ConnectionGuard(self), position: .after(decoder))
    }
}

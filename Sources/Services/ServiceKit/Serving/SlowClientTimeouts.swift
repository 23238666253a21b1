import NIOCore

/// Closes a connection whose client is too slow with the head of a request, or does not take what is written to it.
///
/// Who waits for a client that does not read, waits for ever: its answer, its place among the calls and its memory would
/// be the client's to keep. Between requests and within bodies the server's own idle bound holds.
final class SlowClientTimeouts {
    private let bounds: ConnectionBounds
    private var requestsUnderWay = 0
    private var isReadingRequest = false
    /// The bytes that came last had the end of a request.
    private var wasEnd = false
    private var headTimeout: Scheduled<Void>?
    private var writeTimeout: Scheduled<Void>?

    init(bounds: ConnectionBounds) {
        self.bounds = bounds
    }

    func beginRequest() {
        requestsUnderWay += 1
        isReadingRequest = true
        headTimeout?.cancel()
        headTimeout = nil
    }

    func endRequest() {
        isReadingRequest = false
        wasEnd = true
    }

    func endAnswer() {
        requestsUnderWay -= 1
    }

    /// To be called when what came is read.
    func completeRead(_ context: ChannelHandlerContext) {
        // Bytes that are no part of anything yet: the beginning of a head.
        if !wasEnd, !isReadingRequest, requestsUnderWay == 0, headTimeout == nil {
            headTimeout = close(after: bounds.head, context)
        }
        wasEnd = false
    }

    func changeWritability(_ context: ChannelHandlerContext) {
        writeTimeout?.cancel()
        writeTimeout = context.channel.isWritable ? nil : close(after: bounds.write, context)
    }

    func cancel() {
        headTimeout?.cancel()
        writeTimeout?.cancel()
    }

    private func close(after delay: Duration, _ context: ChannelHandlerContext) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { context.close(promise: nil) }
    }
}

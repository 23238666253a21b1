/// An answer that is read line by line while it comes. Dropping the stream and its iterators ends the transfer.
package struct CurlStream: AsyncSequence, Sendable {
    package typealias Element = [UInt8]
    package typealias Failure = CurlError

    package let status: Int
    package let headers: [(name: String, value: String)]
    private let transfer: StreamTransfer

    init(head: StreamBuffer.Head, transfer: StreamTransfer) {
        status = head.status
        headers = head.headers
        self.transfer = transfer
    }

    /// For one reader. A line is without its newline; the last one may have had none.
    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(transfer: transfer) }

    package struct AsyncIterator: AsyncIteratorProtocol {
        let transfer: StreamTransfer

        package mutating func next(isolation: isolated (any Actor)?) async throws(CurlError) -> [UInt8]? {
            try await transfer.nextLine().get()
        }

        package mutating func next() async throws(CurlError) -> [UInt8]? { try await transfer.nextLine().get() }
    }
}

/// A streamed transfer as its reader holds it: its end of life cancels what still goes on.
final class StreamTransfer: Sendable {
    private let client: CurlClient
    private let ticket: Ticket
    private let buffer: StreamBuffer

    init(client: CurlClient, ticket: Ticket, buffer: StreamBuffer) {
        self.client = client
        self.ticket = ticket
        self.buffer = buffer
    }

    deinit { client.cancel(ticket) }

    func head() async -> Result<StreamBuffer.Head, CurlError> {
        await withTaskCancellationHandler {
            await buffer.head()
        } onCancel: {
            client.cancel(ticket)
        }
    }

    func nextLine() async -> StreamBuffer.Line {
        await withTaskCancellationHandler {
            await buffer.nextLine()
        } onCancel: {
            client.cancel(ticket)
        }
    }
}

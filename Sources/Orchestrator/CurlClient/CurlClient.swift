/// HTTP through libcurl: one thread and one multi handle for any number of requests at a time, connections kept open
/// between them. The thread ends with the client.
package final class CurlClient: Sendable {
    private let mailbox: Mailbox

    /// Loads libcurl when nobody has before, which takes some milliseconds.
    package init() throws(CurlError) {
        mailbox = try TransferLoop.start(library: try CurlLibrary.shared())
    }

    deinit {
        // Refused only when the thread has ended already.
        _ = mailbox.post(.stop)
    }

    /// Sends a request and waits for the whole answer. Cancelling the task ends the transfer.
    package func send(_ request: CurlRequest) async throws(CurlError) -> CurlResponse {
        let ticket = Ticket()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { start(ticket, request, .whole($0)) }
        } onCancel: {
            cancel(ticket)
        }
        return try result.get()
    }

    /// Sends a request and returns when the head of its answer is there; the body is read from the stream, line by line.
    package func stream(_ request: CurlRequest) async throws(CurlError) -> CurlStream {
        let ticket = Ticket()
        let buffer = StreamBuffer()
        let transfer = StreamTransfer(client: self, ticket: ticket, buffer: buffer)
        start(ticket, request, .stream(buffer))
        return CurlStream(head: try await transfer.head().get(), transfer: transfer)
    }

    func cancel(_ ticket: Ticket) {
        ticket.cancel()
        // Refused only when the thread has ended, and with it every transfer.
        _ = mailbox.post(.cancel(ticket))
    }

    private func start(_ ticket: Ticket, _ request: CurlRequest, _ sink: Transfer.Sink) {
        if !mailbox.post(.start(ticket, request, sink)) { sink.fail(.cancelled) }
    }
}

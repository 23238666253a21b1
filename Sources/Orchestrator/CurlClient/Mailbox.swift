import Synchronization

/// What other threads ask of the transfer thread, and the means to wake it.
final class Mailbox: Sendable {
    enum Message: Sendable {
        case start(Ticket, CurlRequest, Sink)
        case cancel(Ticket)
        case stop
    }

    typealias Sink = Transfer.Sink

    private struct State {
        var messages: [Message] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let library: CurlLibrary
    /// `@unchecked` by way of `nonisolated(unsafe)`: only given to curl_multi_wakeup, which may be called from any thread
    /// as long as the handle exists; that is ensured by `isClosed`, set under the lock before the handle is freed.
    private nonisolated(unsafe) let multi: CurlLibrary.Handle

    init(library: CurlLibrary, multi: CurlLibrary.Handle) {
        self.library = library
        self.multi = multi
    }

    /// False when the thread has ended and nobody will read the message.
    func post(_ message: Message) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            state.messages.append(message)
            // The first message wakes the thread; it takes all that have come by then.
            if state.messages.count == 1 { _ = library.multiWakeup(multi) }
            return true
        }
    }

    func take() -> [Message] {
        state.withLock { state in
            defer { state.messages.removeAll(keepingCapacity: true) }
            return state.messages
        }
    }

    /// After this nothing is posted and the multi handle is not touched any more; returns what nobody took.
    func close() -> [Message] {
        state.withLock { state in
            state.isClosed = true
            defer { state.messages = [] }
            return state.messages
        }
    }
}

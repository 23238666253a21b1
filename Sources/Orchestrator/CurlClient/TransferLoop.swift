import CCurl
import Glibc

/// The thread that drives all transfers of a client through one multi handle. It sleeps until a socket, a timeout or a
/// message wakes it; with no transfers it does not wake at all.
///
/// Everything in here belongs to that one thread. It is made on the thread that starts it and handed over whole.
final class TransferLoop {
    private let library: CurlLibrary
    private let multi: CurlLibrary.Handle
    private let mailbox: Mailbox
    private var active: [CurlLibrary.Handle: Transfer] = [:]
    private var idleHandles: [EasyHandle] = []
    private static let mostIdleHandles = 64

    private init(library: CurlLibrary, multi: CurlLibrary.Handle, mailbox: Mailbox) {
        self.library = library
        self.multi = multi
        self.mailbox = mailbox
    }

    /// Starts the thread; it ends, and frees all it has, at `.stop`.
    static func start(library: CurlLibrary) throws(CurlError) -> Mailbox {
        guard let multi = library.multiInit() else { throw .other(code: 27, message: "out of memory") }
        _ = ccurl_multi_setopt_long(library.multiSetopt, multi, CURLMOPT_MAXCONNECTS, 64)
        let mailbox = Mailbox(library: library, multi: multi)
        let loop = Unmanaged.passRetained(TransferLoop(library: library, multi: multi, mailbox: mailbox))
        // The thread takes no signals: they are for the threads that wait for them. A thread inherits the mask.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<TransferLoop>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, loop.toOpaque())
        guard code == 0 else {
            loop.release()
            _ = library.multiCleanup(multi)
            throw .other(code: Int32(code), message: "no thread: \(String(cString: strerror(code)))")
        }
        pthread_detach(thread)
        return mailbox
    }

    private func run() {
        while handleMessages() {
            var running: Int32 = 0
            _ = library.multiPerform(multi, &running)
            collectFinished()
            // libcurl cuts the wait short for its own timeouts; without transfers it has none.
            _ = library.multiPoll(multi, nil, 0, .max, nil)
        }
        for message in mailbox.close() { refuse(message) }
        for (_, transfer) in active { end(transfer) { $0.fail(.cancelled) } }
        idleHandles = []
        _ = library.multiCleanup(multi)
    }

    /// False when it is time to end.
    private func handleMessages() -> Bool {
        var goesOn = true
        for message in mailbox.take() {
            guard goesOn else {
                refuse(message)
                continue
            }
            switch message {
            case .start(let ticket, let request, let sink): start(ticket, request, sink)
            case .cancel(let ticket):
                if let transfer = active.values.first(where: { $0.ticket === ticket }) {
                    end(transfer) { $0.fail(.cancelled) }
                }
            case .stop: goesOn = false
            }
        }
        return goesOn
    }

    private func start(_ ticket: Ticket, _ request: CurlRequest, _ sink: Transfer.Sink) {
        guard let easy = idleHandles.popLast() ?? EasyHandle(library: library) else {
            return sink.fail(.other(code: 27, message: "out of memory"))
        }
        let transfer = Transfer(ticket: ticket, request: request, sink: sink, easy: easy)
        guard !ticket.isCancelled else { return transfer.fail(.cancelled) }
        do {
            try transfer.prepare()
        } catch {
            return transfer.fail(error)
        }
        active[easy.pointer] = transfer
        let code = library.multiAdd(multi, easy.pointer)
        if code != CURLM_OK {
            end(transfer) { $0.fail(.other(code: Int32(code.rawValue), message: "curl_multi_add_handle")) }
        }
    }

    private func collectFinished() {
        var left: Int32 = 0
        while let message = library.multiInfoRead(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let transfer = active[message.pointee.easy_handle] else {
                continue
            }
            // The message dies with the removal of its handle.
            let code = ccurl_message_result(message)
            end(transfer) { $0.finish(code) }
        }
    }

    private func end(_ transfer: Transfer, _ report: (Transfer) -> Void) {
        _ = library.multiRemove(multi, transfer.easy.pointer)
        report(transfer)
        active[transfer.easy.pointer] = nil
        transfer.easy.reset()
        if idleHandles.count < Self.mostIdleHandles { idleHandles.append(transfer.easy) }
    }

    private func refuse(_ message: Mailbox.Message) {
        if case .start(_, _, let sink) = message { sink.fail(.cancelled) }
    }
}

extension Transfer.Sink {
    /// Ends a request that never became a transfer.
    func fail(_ error: CurlError) {
        switch self {
        case .whole(let continuation): continuation.resume(returning: .failure(error))
        case .stream(let buffer): buffer.finish(error)
        }
    }
}

import NIOCore
import NIOHTTP1

/// Whose turn it is on a connection.
extension ClientConnection {
    /// To be called when the exchange takes more of the body than before.
    func readOn() {
        if wantsRead, !isFull {
            wantsRead = false
            context?.read()
        }
    }

    /// To be called when something of the current request is over.
    func takeTurns() {
        guard !isTakingTurns else { return }
        isTakingTurns = true
        defer { isTakingTurns = false }
        while true {
            if let current, current.isRead, current.isAnswered {
                lastActive = .now()
                forget(current)
            }
            guard isReady, let part = waiting.popFirst() else { break }
            take(part)
        }
        if waiting.isEmpty, let end { finish(end) }
        readOn()
    }

    /// Whether the next part that was read can be taken.
    private var isReady: Bool {
        guard let current else { return true }
        return !current.isRead && !current.isBeingIdentified
    }

    /// Whether there is more than can be taken now.
    var isFull: Bool {
        if !waiting.isEmpty { return true }
        guard let current, !current.isRead, !current.isAnswered else { return false }
        return current.isBeingIdentified || current.exchange.map { !$0.takesBody } ?? false
    }

    private func take(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head):
            let request = ClientRequest(head)
            current = request
            lastActive = request.start
            receive(request)
        case .body(let bytes):
            current?.exchange?.take(bytes)
        case .end:
            current?.isRead = true
            current?.exchange?.takeEnd()
            refuseIfNeeded()
        }
    }

    /// There is nothing more to take.
    private func finish(_ end: End) {
        switch (end, current) {
        case (.closed, nil):
            flushNow()
            context?.close(mode: .output, promise: nil)
        case (.malformed, nil):
            self.end = .closed
            refuseMalformed()
        case (_, let request?) where !request.isRead:
            // Its body comes to no end.
            self.end = .closed
            request.isRead = true
            request.exchange?.clientLeft()
            breakOff(request, malformed: true)
        default:
            // The answer to what was read comes first.
            break
        }
    }

    func leave() {
        guard let request = current else { return }
        waiting = []
        request.exchange?.clientLeft()
        gateway.record(request, failure: "client-gone", in: connections.turn)
        forget(request)
    }

    /// A request and its exchange hold each other until then.
    private func forget(_ request: ClientRequest) {
        request.exchange = nil
        current = nil
    }

    /// Looks again when the time could be over: between requests, or when it is the client who is waited for.
    func closeIfIdle(after time: TimeAmount) {
        idleTimer = context?.eventLoop.assumeIsolated().scheduleTask(in: time) {
            let isBusy = self.current.map { $0.isRead || self.isFull } ?? false
            let left = self.lastActive + self.gateway.idleTime - .now()
            if isBusy {
                self.closeIfIdle(after: self.gateway.idleTime)
            } else if left > .zero {
                self.closeIfIdle(after: left)
            } else {
                self.context?.close(promise: nil)
            }
        }
    }
}

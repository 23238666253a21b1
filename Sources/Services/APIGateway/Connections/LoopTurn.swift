import NIOCore
import ServiceKit

/// What has something to send at the end of a turn.
protocol TurnFlushing: AnyObject {
    func flushNow()
}

/// What is put off to the end of one turn of an event loop: when many connections have something to read at once, all of it
/// is worked on first, and then everything is sent in one go. The other ends, mostly on other processors, are woken less
/// often, and the lines of the access log are one write.
///
/// The lines come first, so that whoever knows that he was answered can find the line.
final class LoopTurn {
    private let eventLoop: any EventLoop
    private let accessLog: AccessLog
    private let lines: LineBatch?
    private var waiting: [any TurnFlushing] = []
    private var isEndPending = false

    init(of eventLoop: any EventLoop, _ accessLog: AccessLog) {
        self.eventLoop = eventLoop
        self.accessLog = accessLog
        lines = accessLog.batch()
    }

    func flush(_ one: any TurnFlushing) {
        waiting.append(one)
        awaitEnd()
    }

    func record(_ entry: AccessEntry) {
        guard let lines else { return accessLog.write(entry) }
        accessLog.write(entry, into: lines)
        awaitEnd()
    }

    private func awaitEnd() {
        guard !isEndPending else { return }
        isEndPending = true
        eventLoop.assumeIsolated().execute { self.end() }
    }

    private func end() {
        isEndPending = false
        lines?.flush()
        // Flushing may lead to more, which is for the next time.
        let now = waiting
        waiting.removeAll(keepingCapacity: true)
        for one in now { one.flushNow() }
    }
}

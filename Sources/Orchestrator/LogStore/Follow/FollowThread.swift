import CLinux
import Synchronization
import SystemPackage

/// A thread of its own for a ``FollowSession``, which blocks, and the way to it from async code.
///
/// The thread works on demand: it reads a batch only when somebody waits for one. So a slow reader holds nothing in
/// memory but one batch, and the files keep the rest.
final class FollowThread: Sendable {
    private struct State {
        var reader: CheckedContinuation<LogBatch?, any Error>?
        var isCancelled = false
        /// Nothing that is written from now on is wanted.
        var isFinishing = false
        var isOver = false
    }
    private let state = Mutex(State())
    /// Written to when there is demand or a cancellation, so that a blocked thread takes notice. Never blocks, never
    /// closed before the thread is gone: the thread keeps this object alive.
    private let wake: Int32
    /// Milliseconds that a reader may take for a batch before the index is let go.
    private let patience: Int32

    private init(_ patience: Int32) throws(LogError) {
        self.patience = patience
        wake = clinux_eventfd()
        guard wake >= 0 else { throw .watch("eventfd", Errno(rawValue: clinux_errno())) }
    }

    deinit { close(wake) }

    /// Starts the thread, and returns when its session has set its watches.
    static func start(
        _ patience: Int32, _ session: @escaping @Sendable () throws -> FollowSession
    ) async throws -> FollowThread {
        let thread = try FollowThread(patience)
        try await withCheckedThrowingContinuation { (started: CheckedContinuation<Void, any Error>) in
            BlockingThread.start {
                let running: FollowSession
                do {
                    running = try session()
                    started.resume()
                } catch {
                    started.resume(throwing: error)
                    return
                }
                thread.serve(running)
            }
        }
        return thread
    }

    /// The next batch; nil at the end, and after a cancellation. One reader at a time.
    func next() async throws -> LogBatch? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { reader in
                let isOver = state.withLock { state in
                    if !state.isOver && !state.isCancelled { state.reader = reader }
                    return state.isOver || state.isCancelled
                }
                if isOver { reader.resume(returning: nil) } else { notify() }
            }
        } onCancel: {
            cancel()
        }
    }

    func cancel() {
        let reader = state.withLock { state in
            state.isCancelled = true
            return state.reader.take()
        }
        reader?.resume(returning: nil)
        notify()
    }

    func finish() {
        state.withLock { $0.isFinishing = true }
        notify()
    }

    private func notify() {
        var one: UInt64 = 1
        // Fails only when the counter is full: then the thread is awake.
        _ = write(wake, &one, 8)
    }

    /// The thread's life.
    private func serve(_ session: FollowSession) {
        // The last batch is empty, and says where all of it ended.
        var hasSaidCursor = false
        while waitForDemand(session) {
            do {
                let isFinishing = state.withLock { $0.isFinishing }
                guard let lines = try isFinishing ? session.rest() : session.next(wake: wake) else {
                    if !hasSaidCursor, session.position != nil {
                        hasSaidCursor = true
                        let batch = session.batch([])
                        answer(isLast: false) { $0.resume(returning: batch) }
                        continue
                    }
                    return answer { $0.resume(returning: nil) }
                }
                // Woken without lines: cancelled, or the demand that is being served.
                if !lines.isEmpty {
                    let batch = session.batch(lines)
                    answer(isLast: false) { $0.resume(returning: batch) }
                }
            } catch {
                return answer { $0.resume(throwing: error) }
            }
        }
    }

    /// False when it was cancelled.
    private func waitForDemand(_ session: FollowSession) -> Bool {
        while true {
            var count: UInt64 = 0
            _ = read(wake, &count, 8)
            let (isCancelled, hasReader) = state.withLock { ($0.isCancelled, $0.reader != nil) }
            if isCancelled { return false }
            if hasReader { return true }
            var polled = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
            if poll(&polled, 1, patience) != 0 { continue }
            session.releaseIndex()
            poll(&polled, 1, -1)
        }
    }

    private func answer(isLast: Bool = true, _ body: (CheckedContinuation<LogBatch?, any Error>) -> Void) {
        let reader = state.withLock { state in
            if isLast { state.isOver = true }
            return state.reader.take()
        }
        if let reader { body(reader) }
    }
}

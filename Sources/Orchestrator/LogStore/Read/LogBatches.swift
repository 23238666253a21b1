import Dispatch
import Synchronization

/// The lines of a query in batches, read ahead on a thread of their own: while one batch is printed, the next are found.
/// For one reader, which blocks.
package final class LogBatches: Sendable {
    private struct State {
        var batches: [[LogLine]] = []
        var error: LogError?
        var isOver = false
        /// Nobody reads any more.
        var isLetGo = false
    }
    private final class Queue: Sendable {
        let state = Mutex(State())
        /// Counts batches that can be taken, and the end.
        let filled = DispatchSemaphore(value: 0)
        /// Counts batches that may still be made. Raised from 0: libdispatch ends a program in which a semaphore is freed
        /// below its first value.
        let free = DispatchSemaphore(value: 0)

        init() {
            for _ in 0..<4 { free.signal() }
        }
    }
    private let queue = Queue()

    /// Begins to read. A reader that takes nothing for longer than `patience` has no index any more.
    init(
        patience: DispatchTimeInterval = .seconds(5), _ lines: @escaping @Sendable () throws(LogError) -> LogLines
    ) {
        let queue = queue
        BlockingThread.start { Self.read(lines, into: queue, patience) }
    }

    deinit {
        queue.state.withLock { $0.isLetGo = true }
        queue.free.signal()
    }

    /// The next lines, at least one; nil at the end.
    package func next() throws(LogError) -> [LogLine]? {
        queue.filled.wait()
        let (batch, error) = queue.state.withLock { state in
            (state.batches.isEmpty ? nil : state.batches.removeFirst(), state.batches.isEmpty ? state.error : nil)
        }
        if let batch {
            queue.free.signal()
            return batch
        }
        // The end stays the end.
        queue.filled.signal()
        if let error { throw error }
        return nil
    }

    private static func read(
        _ lines: () throws(LogError) -> LogLines, into queue: Queue, _ patience: DispatchTimeInterval
    ) {
        do throws(LogError) {
            var lines = try lines()
            while true {
                if queue.free.wait(timeout: .now() + patience) == .timedOut {
                    lines.releaseIndex()
                    queue.free.wait()
                }
                if queue.state.withLock({ $0.isLetGo }) { return }
                let batch = try lines.batch()
                if batch.isEmpty { break }
                queue.state.withLock { $0.batches.append(batch) }
                queue.filled.signal()
            }
        } catch {
            queue.state.withLock { $0.error = error }
        }
        queue.filled.signal()
    }
}

import CLinux
import Synchronization

/// The supervisor's thread: it waits in epoll(7) for processes to end and for jobs of the actor that runs on it.
///
/// The actor's executor and the descriptors it waits for share one thread, so an exit is handled by the instruction after
/// epoll_wait(2): no queue, no second thread, no lock is between a death and its replacement. The thread sleeps without a
/// timeout; nothing wakes it but an event.
package final class EventLoop: SerialExecutor, Sendable {
    private struct Shared {
        var jobs: [UnownedJob] = []
        var handlers: [Int32: @Sendable () -> Void] = [:]
        var isStopped = false
        var afterBatch: (@Sendable () -> Void)?
    }

    private let epoll: Int32
    private let wake: Int32
    private let shared = Mutex(Shared())
    private let thread = Mutex<pthread_t?>(nil)

    package init() {
        epoll = clinux_epoll()
        wake = clinux_eventfd()
        _ = clinux_epoll_add(epoll, wake, 0)
    }

    /// Starts the thread; it holds the loop until `stop`.
    package func start() {
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<EventLoop>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        pthread_detach(thread)
    }

    /// The thread ends after the jobs it has.
    package func stop() {
        shared.withLock { $0.isStopped = true }
        signal()
    }

    /// Calls `body` on the loop's thread after each batch of events and jobs, before it sleeps: what many events have in
    /// common is done once.
    package func afterEachBatch(_ body: @escaping @Sendable () -> Void) {
        shared.withLock { $0.afterBatch = body }
    }

    /// Calls `handler` on the loop's thread once, when `descriptor` becomes readable or is closed at its other end.
    package func once(readable descriptor: Int32, _ handler: @escaping @Sendable () -> Void) {
        shared.withLock { $0.handlers[descriptor] = handler }
        _ = clinux_epoll_add(epoll, descriptor, 1)
    }

    /// Takes back `once(readable:)` and closes the descriptor.
    package func forget(_ descriptor: Int32) {
        shared.withLock { $0.handlers[descriptor] = nil }
        _ = clinux_epoll_remove(epoll, descriptor)
        close(descriptor)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let first = shared.withLock { shared in
            shared.jobs.append(job)
            return shared.jobs.count == 1
        }
        if first { signal() }
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    /// Lets handlers, which are no jobs, use `assumeIsolated` of the actor that runs here.
    package func checkIsolated() {
        let current = pthread_self()
        precondition(thread.withLock { $0 } == current, "not on the supervisor's thread")
    }

    private func signal() {
        var one: UInt64 = 1
        _ = write(wake, &one, 8)
    }

    private func run() {
        let current = pthread_self()
        thread.withLock { $0 = current }
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        while true {
            let count = epoll_wait(epoll, &events, Int32(events.count), -1)
            for index in 0..<Int(max(0, count)) {
                let descriptor = events[index].data.fd
                if descriptor == wake {
                    var value: UInt64 = 0
                    _ = read(wake, &value, 8)
                } else {
                    _ = clinux_epoll_remove(epoll, descriptor)
                    let handler = shared.withLock { $0.handlers.removeValue(forKey: descriptor) }
                    handler?()
                }
            }
            if runJobs() { return }
        }
    }

    /// Runs what is queued; true when the loop is to end.
    private func runJobs() -> Bool {
        while true {
            let (jobs, isStopped, afterBatch) = shared.withLock { shared in
                defer { shared.jobs = [] }
                return (shared.jobs, shared.isStopped, shared.afterBatch)
            }
            for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
            if isStopped, jobs.isEmpty { return true }
            afterBatch?()
            if jobs.isEmpty { return false }
        }
    }

    deinit {
        close(epoll)
        close(wake)
    }
}

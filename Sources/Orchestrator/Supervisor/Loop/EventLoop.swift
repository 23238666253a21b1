import CLinux
import Synchronization

/// The supervisor's thread: it waits in epoll(7) for processes to end, sockets, times, and jobs of the actor that runs on
/// it.
///
/// The actor's executor and the descriptors it waits for share one thread, so an exit is handled by the instruction after
/// epoll_wait(2): no queue, no second thread, no lock is between a death and its replacement. The thread sleeps until the
/// earliest time that somebody waits for, and without one until an event wakes it.
package final class EventLoop: SerialExecutor, Sendable {
    package enum Readiness: Sendable {
        case readable, writable
    }

    private struct Waiter {
        /// Tells this waiting from an earlier one for a descriptor of the same number.
        let tag: UInt32
        let handler: @Sendable () -> Void
    }

    private struct Shared {
        var jobs: [UnownedJob] = []
        var calls: [@Sendable () -> Void] = []
        var waiters: [Int32: Waiter] = [:]
        var lastTag: UInt32 = 0
        var timers = TimerHeap<@Sendable () -> Void>()
        var isStopped = false
        var atEnd: @Sendable () -> Void = {}
        var afterBatch: (@Sendable () -> Void)?
    }

    /// What one look at the kernel may bring.
    private static let mostEvents = 256

    private let epoll: Int32
    private let wake: Int32
    private let shared = Mutex(Shared())
    private let thread = Mutex<pthread_t?>(nil)

    package init() {
        epoll = clinux_epoll()
        wake = clinux_eventfd()
        _ = clinux_epoll_wait_always(epoll, wake)
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

    /// The thread ends after the jobs it has, and calls `then` as the last thing it does.
    package func stop(then: @escaping @Sendable () -> Void = {}) {
        shared.withLock {
            $0.isStopped = true
            $0.atEnd = then
        }
        signal()
    }

    /// Calls `body` on the loop's thread after each batch of events and jobs, before it sleeps: what many events have in
    /// common is done once.
    package func afterEachBatch(_ body: @escaping @Sendable () -> Void) {
        shared.withLock { $0.afterBatch = body }
    }

    /// Calls `handler` on the loop's thread once, when `descriptor` becomes readable or is closed at its other end.
    package func once(readable descriptor: Int32, _ handler: @escaping @Sendable () -> Void) {
        once(.readable, descriptor, handler)
    }

    /// Calls `handler` on the loop's thread once, when `descriptor` is ready or is closed at its other end. Who does not wait
    /// for that says `forget`.
    package func once(_ readiness: Readiness, _ descriptor: Int32, _ handler: @escaping @Sendable () -> Void) {
        let tag = shared.withLock { shared in
            shared.lastTag &+= 1
            shared.waiters[descriptor] = Waiter(tag: shared.lastTag, handler: handler)
            return shared.lastTag
        }
        _ = clinux_epoll_wait_once(epoll, descriptor, readiness == .writable ? 1 : 0, tag)
    }

    /// Waits for `descriptor` no more and closes it.
    package func forget(_ descriptor: Int32) {
        if shared.withLock({ $0.waiters.removeValue(forKey: descriptor) }) != nil {
            _ = clinux_epoll_remove(epoll, descriptor)
        }
        close(descriptor)
    }

    /// Calls `handler` at `time` (monotonic ms), at most one millisecond later when the thread is free; the number takes it
    /// back. Only on the loop's thread.
    package func at(_ time: Int64, _ handler: @escaping @Sendable () -> Void) -> Int {
        checkIsolated()
        return shared.withLock { $0.timers.add(due: time, handler) }
    }

    package func cancel(_ timer: Int) {
        checkIsolated()
        shared.withLock { $0.timers.remove(timer) }
    }

    /// Calls `handler` on the loop's thread soon; from any thread.
    package func soon(_ handler: @escaping @Sendable () -> Void) {
        let isFirst = shared.withLock { shared in
            shared.calls.append(handler)
            return shared.calls.count == 1
        }
        if isFirst { signal() }
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
        var events = [epoll_event](repeating: epoll_event(), count: Self.mostEvents)
        while true {
            var count = epoll_wait(epoll, &events, Int32(events.count), timeout())
            handle(events.prefix(Int(max(0, count))))
            // What is ready comes before the times: an answer that is there is not too late. Not for ever, though.
            for _ in 0..<16 where count == Self.mostEvents {
                count = epoll_wait(epoll, &events, Int32(events.count), 0)
                handle(events.prefix(Int(max(0, count))))
            }
            runTimers()
            runCalls()
            if runJobs() { return shared.withLock { $0.atEnd }() }
        }
    }

    private func handle(_ events: ArraySlice<epoll_event>) {
        for event in events {
            let descriptor = Int32(truncatingIfNeeded: event.data.u64)
            let tag = UInt32(truncatingIfNeeded: event.data.u64 >> 32)
            if descriptor == wake {
                var value: UInt64 = 0
                _ = read(wake, &value, 8)
                continue
            }
            // An event of this batch may be that of a descriptor closed by a handler before, its number taken anew.
            let waiter = shared.withLock { shared in
                shared.waiters[descriptor]?.tag == tag ? shared.waiters.removeValue(forKey: descriptor) : nil
            }
            guard let waiter else { continue }
            _ = clinux_epoll_remove(epoll, descriptor)
            waiter.handler()
        }
    }

    /// How long to sleep, in ms rounded up; -1 for ever.
    private func timeout() -> Int32 {
        guard let due = shared.withLock({ $0.timers.nextDue }) else { return -1 }
        let left = due * 1_000_000 - Time.monotonicNanoseconds
        return left <= 0 ? 0 : Int32(clamping: (left + 999_999) / 1_000_000)
    }

    private func runTimers() {
        guard !shared.withLock({ $0.timers.isEmpty }) else { return }
        let now = Time.monotonic
        while let handler = shared.withLock({ $0.timers.popDue(now) }) { handler() }
    }

    private func runCalls() {
        let calls = shared.withLock { shared in
            defer { shared.calls = [] }
            return shared.calls
        }
        for call in calls { call() }
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

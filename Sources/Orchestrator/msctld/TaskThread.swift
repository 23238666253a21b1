import Supervisor
@_spi(ExperimentalCustomExecutors) @_spi(ExperimentalScheduling) import _Concurrency

/// Where the daemon's tasks run: one thread beside the supervisor's.
///
/// The executor that Swift brings is libdispatch's pool, which from the first task on wakes up once a second to count its
/// threads, for as long as the process lives. A daemon that has nothing to do sleeps.
struct DaemonExecutors: ExecutorFactory {
    static let mainExecutor: any MainExecutor = PlatformExecutorFactory.mainExecutor
    static let defaultExecutor: any TaskExecutor = TaskThread()
}

final class TaskThread: TaskExecutor, SchedulingExecutor {
    private let loop = EventLoop()

    init() { loop.start() }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.soon { [self] in run(job) }
    }

    func enqueue<C: Clock>(
        _ job: consuming ExecutorJob, after delay: C.Duration, tolerance: C.Duration?, clock: C
    ) {
        // Both clocks of the standard library measure in it, and no other is slept by here.
        guard let delay = delay as? Duration else { preconditionFailure("a delay by \(C.self)") }
        let job = UnownedJob(job)
        loop.soon { [self] in loop.after(delay) { [self] in run(job) } }
    }

    private func run(_ job: UnownedJob) { job.runSynchronously(on: asUnownedTaskExecutor()) }
}

import NIOCore
import Synchronization

/// Runs a connection's tasks on the event loop of the connection, so that a request is answered by the thread that has read
/// it and wakes no other. Whatever takes long must therefore be elsewhere: databases and password hashes are.
final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    private init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    private static let all = Mutex<[ObjectIdentifier: EventLoopExecutor]>([:])

    /// The one of `eventLoop`.
    static func of(_ eventLoop: any EventLoop) -> EventLoopExecutor {
        all.withLock { all in
            if let known = all[ObjectIdentifier(eventLoop)] { return known }
            let new = EventLoopExecutor(eventLoop)
            all[ObjectIdentifier(eventLoop)] = new
            return new
        }
    }
}

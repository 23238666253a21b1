import Dispatch
import Synchronization

/// Runs blocking calls away from the threads that tasks and the supervisor run on: a few at a time, the rest after them.
enum Blocking {
    /// Queues that each have a thread of their own while there is something to do. A concurrent queue would share
    /// libdispatch's pool, which once used wakes up every second for as long as the process lives.
    private static let queues = (1...8).map { DispatchQueue(label: "blocking \($0)") }
    private static let waiting = Mutex([Int](repeating: 0, count: queues.count))

    static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            start { continuation.resume(returning: body()) }
        }
    }

    /// Without waiting for it.
    static func start(_ body: @escaping @Sendable () -> Void) {
        let index = waiting.withLock { waiting in
            let index = waiting.indices.min { waiting[$0] < waiting[$1] } ?? 0
            waiting[index] += 1
            return index
        }
        queues[index].async {
            body()
            waiting.withLock { $0[index] -= 1 }
        }
    }
}

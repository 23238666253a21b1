import Dispatch

/// Runs blocking calls away from the cooperative threads, a bounded number at a time (the pool's own limit).
package enum Blocking {
    private static let queue = DispatchQueue(label: "blocking calls", attributes: .concurrent)

    package static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: body()) }
        }
    }

    /// Without waiting for it.
    static func start(_ body: @escaping @Sendable () -> Void) { queue.async(execute: body) }
}

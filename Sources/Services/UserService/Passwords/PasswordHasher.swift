import Glibc
import NIOPosix
import ServiceKit
import ServiceLifecycle
import Synchronization

/// Hashes passwords on threads of its own, few of them, with a bounded queue: a flood of logins slows logins, and
/// nothing else.
struct PasswordHasher: Service {
    /// The queue is full. 503, try again.
    struct Busy: Error, ProblemConvertible {
        var problem: Problem { .unavailable("Too many people are logging in.", retryAfter: 2) }
    }

    /// A hash takes a processor for 50 ms and more; at this niceness (setpriority(2)) a tenth of one, where others want it.
    private static let niceness: CInt = 10

    let cost: Int
    private let pool: NIOThreadPool
    private let queue: Queue
    private let hashes: Counter?
    private let rounds: Counter?

    /// About four seconds of them at cost 10: who waits is answered before the gateway takes this service for slow.
    static let capacity = 128

    /// - Parameters:
    ///   - capacity: how many hashes may be under way or waiting.
    ///   - hashes: counts what is asked for, by `purpose`.
    ///   - rounds: counts the work that was done for it.
    init(cost: Int, threads: Int = 2, capacity: Int = capacity, hashes: Counter? = nil, rounds: Counter? = nil) {
        self.cost = cost
        self.hashes = hashes
        self.rounds = rounds
        pool = NIOThreadPool(numberOfThreads: threads)
        pool.start()
        queue = Queue(capacity: capacity)
    }

    func hash(_ password: Password) async throws -> String {
        hashes?.increment(["purpose": "keep"])
        return try await run {
            defer { count(cost) }
            return try Bcrypt.hash(password.text, cost: cost)
        }
    }

    /// Whether `password` is the one of `hash`. A no takes as long without a hash, with a password bcrypt cannot read in
    /// whole, and with a hash from when the cost was lower.
    func verify(_ password: String, against hash: String?) async throws -> Bool {
        let hash = hash ?? Bcrypt.unmatchable(cost: cost)
        let isHashable = Password.isHashable(password)
        hashes?.increment(["purpose": "check"])
        let least = Bcrypt.cost(of: hash) ?? cost
        return try await run {
            count(least)
            if try Bcrypt.matches(isHashable ? password : "", hash: hash), isHashable { return true }
            // Each cost has twice the rounds of the one before, so these together are what the hash was short of.
            for cost in least..<max(least, cost) {
                count(cost)
                _ = try Bcrypt.matches("", hash: Bcrypt.unmatchable(cost: cost))
            }
            return false
        }
    }

    private func count(_ cost: Int) {
        rounds?.increment(by: Double(1 << cost))
    }

    /// Keeps the threads until the server has stopped.
    func run() async throws {
        do {
            try await gracefulShutdown()
        } catch is CancellationError {
            // Cancelled instead of shut down: the threads end all the same.
        }
        try await stop()
    }

    /// Ends the threads once what is queued is done.
    func stop() async throws {
        try await pool.shutdownGracefully()
    }

    private func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        guard queue.enter() else { throw Busy() }
        defer { queue.leave() }
        return try await pool.runIfActive {
            // The calling thread's own, on Linux: whoever answers requests goes first.
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
            return try body()
        }
    }

    /// How many are inside.
    private final class Queue: Sendable {
        private let capacity: Int
        private let count = Mutex(0)

        init(capacity: Int) {
            self.capacity = capacity
        }

        func enter() -> Bool {
            count.withLock { count in
                guard count < capacity else { return false }
                count += 1
                return true
            }
        }

        func leave() {
            count.withLock { $0 -= 1 }
        }
    }
}

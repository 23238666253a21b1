import Foundation
import GRDB
import NIOCore
import NIOPosix
import Synchronization

/// Reads of one database on a few threads of its own, each with a connection that stays open: for what is asked thousands
/// of times each second, where the way through GRDB's pool, its queues and its transaction costs more than the reading.
///
/// The way to another thread and back costs more than reading one row, too. So what an event loop asks for in one turn goes
/// there together, and short reads come back together.
///
/// Each statement sees one commit. What takes several statements that must agree is read by the pool.
package final class DatabaseReaders: Sendable {
    private struct State {
        var waiting = CircularBuffer<WaitingRead>()
        /// A turn of an event loop will begin what waits.
        var isCollecting = false
        var working = 0
        /// As many as there are threads, so that there is one for each that works.
        var idle: [DatabaseQueue]
    }
    private let threads: NIOThreadPool
    private let count: Int
    private let state: Mutex<State>

    /// Results of so many short reads wait for each other at most.
    private static let together = 16
    private static let worthAThread = 8

    /// - Parameters:
    ///   - path: of a database that exists, and is kept open by who writes to it.
    ///   - count: two are enough to have one read while another waits for the disk.
    package init(path: String, threads count: Int = min(2, ProcessInfo.processInfo.activeProcessorCount)) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        let connections = try (0..<count).map { _ in try DatabaseQueue(path: path, configuration: configuration) }
        state = Mutex(State(idle: connections))
        self.count = count
        threads = NIOThreadPool(numberOfThreads: count)
        threads.start()
    }

    /// - Parameter isShort: it finds a row by its key, or about as much; who asked before it may wait for its end.
    package func read<Value: Sendable>(
        isShort: Bool = false, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let loop = MultiThreadedEventLoopGroup.currentEventLoop
            let read = WaitingRead(isShort: isShort, loop: loop, continuation, body)
            let begins = state.withLock { state in
                state.waiting.append(read)
                defer { state.isCollecting = state.isCollecting || loop != nil }
                return !state.isCollecting
            }
            guard begins else { return }
            if let loop { loop.execute { self.begin() } } else { begin() }
        }
    }

    /// Has as many threads work as there is work for: to wake one costs as much as some short reads.
    private func begin() {
        let more = state.withLock { state in
            state.isCollecting = false
            let short = state.waiting.count(where: \.isShort)
            let wanted = state.waiting.count - short + (short + Self.worthAThread - 1) / Self.worthAThread
            let more = max(0, min(count, wanted) - state.working)
            state.working += more
            return more
        }
        for _ in 0..<more { threads.submit { self.work(isActive: $0 == .active) } }
    }

    private func work(isActive: Bool) {
        let connection = state.withLock { isActive ? $0.idle.popLast() : nil }
        guard let connection else {
            while let read = next() { read.refuse(DatabaseError(resultCode: .SQLITE_MISUSE, message: "closed")) }
            return
        }
        connection.unsafeRead { database in
            var done: [FinishedRead] = []
            while let read = next(returning: connection) {
                if !read.isShort { FinishedRead.deliver(&done) }
                done.append(read.run(database))
                if !read.isShort || done.count == Self.together { FinishedRead.deliver(&done) }
            }
            FinishedRead.deliver(&done)
        }
    }

    /// The next read; without one, this thread works no more.
    private func next(returning connection: DatabaseQueue? = nil) -> WaitingRead? {
        state.withLock { state in
            if let read = state.waiting.popFirst() { return read }
            state.working -= 1
            if let connection { state.idle.append(connection) }
            return nil
        }
    }

    /// Waits for what is being read; nothing is to be read any more.
    package func close() throws {
        try threads.syncShutdownGracefully()
        for connection in state.withLock(\.idle) { try connection.close() }
    }
}

/// Somebody who waits for a read, whatever it reads.
private struct WaitingRead: Sendable {
    let isShort: Bool
    let run: @Sendable (Database) -> FinishedRead
    let refuse: @Sendable (any Error) -> Void

    init<Value: Sendable>(
        isShort: Bool, loop: (any EventLoop)?, _ continuation: CheckedContinuation<Value, any Error>,
        _ body: @escaping @Sendable (Database) throws -> Value
    ) {
        self.isShort = isShort
        run = { database in
            let result = Result { try body(database) }
            return FinishedRead(loop: loop) { continuation.resume(with: result) }
        }
        refuse = { continuation.resume(throwing: $0) }
    }
}

/// A result on its way to who waits for it.
private struct FinishedRead: Sendable {
    let loop: (any EventLoop)?
    let deliver: @Sendable () -> Void

    init(loop: (any EventLoop)?, _ deliver: @escaping @Sendable () -> Void) {
        self.loop = loop
        self.deliver = deliver
    }

    /// All of them, with one interruption of each event loop.
    static func deliver(_ reads: inout [FinishedRead]) {
        while let loop = reads.first?.loop {
            let together = reads.filter { $0.loop === loop }
            reads.removeAll { $0.loop === loop }
            loop.execute { for read in together { read.deliver() } }
        }
        guard let read = reads.first else { return }
        reads.removeFirst()
        read.deliver()
        deliver(&reads)
    }
}

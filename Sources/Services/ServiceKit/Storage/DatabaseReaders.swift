import Foundation
import GRDB
import NIOPosix
import Synchronization

/// Reads of one database on a few threads of its own, each with a connection that stays open: for what is asked thousands
/// of times each second, where the way through GRDB's pool, its queues and its transaction costs more than the reading.
///
/// Each statement sees one commit. What takes several statements that must agree is read by the pool.
package final class DatabaseReaders: Sendable {
    private let threads: NIOThreadPool
    /// As many as there are threads, so that there is one for each piece of work.
    private let idle: Mutex<[DatabaseQueue]>

    /// - Parameters:
    ///   - path: of a database that exists, and is kept open by who writes to it.
    ///   - count: two are enough to have one read while another waits for the disk.
    package init(path: String, threads count: Int = min(2, ProcessInfo.processInfo.activeProcessorCount)) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        let connections = try (0..<count).map { _ in try DatabaseQueue(path: path, configuration: configuration) }
        idle = Mutex(connections)
        threads = NIOThreadPool(numberOfThreads: count)
        threads.start()
    }

    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await threads.runIfActive { [self] in
            guard let connection = idle.withLock({ $0.popLast() }) else {
                preconditionFailure("there are as many connections as threads")
            }
            defer { idle.withLock { $0.append(connection) } }
            return try connection.unsafeRead(body)
        }
    }

    /// Waits for what is being read; nothing is to be read any more.
    package func close() throws {
        try threads.syncShutdownGracefully()
        for connection in idle.withLock(\.self) { try connection.close() }
    }
}

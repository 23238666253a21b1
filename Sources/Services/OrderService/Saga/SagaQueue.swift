import Foundation
import ServiceKit
import Synchronization

/// The sagas that run in this process or are about to, each once, and the requests that wait for them.
final class SagaQueue: Sendable {
    private struct State {
        /// True for a saga that was asked for again while it ran, and so runs once more.
        var running: [UUID: Bool] = [:]
        /// Orders that are being placed, whose sagas will run.
        var entering = 0
        var waiting: [UUID: [UUID: AsyncStream<Never>.Continuation]] = [:]
    }

    /// What the worker is to run. To be read by one.
    let ids: AsyncStream<UUID>
    private let source: AsyncStream<UUID>.Continuation
    private let state = Mutex(State())
    private let capacity: Int

    /// - Parameter capacity: how many sagas run or begin at most before no more orders are taken.
    init(capacity: Int) {
        self.capacity = capacity
        (ids, source) = AsyncStream.makeStream()
    }

    var count: Int { state.withLock { $0.running.count } }

    /// Has `place` put an order into the database and start its saga, unless there are too many: while a neighbour does
    /// not answer sagas pile up, and every one of them costs a write at each try.
    ///
    /// - Throws: ``OrderError/busy``.
    func admit<Value>(_ place: () async throws -> Value) async throws -> Value {
        let isAdmitted = state.withLock { state in
            guard state.running.count + state.entering < capacity else { return false }
            state.entering += 1
            return true
        }
        guard isAdmitted else { throw OrderError.busy }
        defer { state.withLock { $0.entering -= 1 } }
        return try await place()
    }

    /// Has the saga run; once more, if it runs.
    func start(_ id: UUID) {
        let isNew = state.withLock { state in
            state.running.updateValue(state.running[id] != nil, forKey: id) == nil
        }
        if isNew { source.yield(id) }
    }

    /// Returns when the saga is at rest or after `patience`, whichever is first.
    func rest(of id: UUID, waitingAtMost patience: Duration) async {
        let ticket = UUID.random()
        let (rest, continuation) = AsyncStream.makeStream(of: Never.self)
        let isRunning = state.withLock { state in
            guard state.running[id] != nil else { return false }
            state.waiting[id, default: [:]][ticket] = continuation
            return true
        }
        guard isRunning else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in rest {} }
            // Cancelled as soon as the saga is at rest; nobody needs to know.
            group.addTask { try? await Task.sleep(for: patience) }
            await group.next()
            group.cancelAll()
        }
        state.withLock { state in
            state.waiting[id]?[ticket] = nil
            if state.waiting[id]?.isEmpty == true { state.waiting[id] = nil }
        }
    }

    /// Has a saga run that was found in the database, unless it runs.
    func offer(_ id: UUID) {
        let isNew = state.withLock { state in
            if state.running[id] != nil { return false }
            state.running[id] = false
            return true
        }
        if isNew { source.yield(id) }
    }

    /// The worker is through with it for now.
    func ended(_ id: UUID) {
        let (again, waiting) = state.withLock { state -> (Bool, [AsyncStream<Never>.Continuation]) in
            if state.running[id] == true {
                state.running[id] = false
                return (true, [])
            }
            state.running[id] = nil
            return (false, state.waiting[id].map { Array($0.values) } ?? [])
        }
        if again { source.yield(id) }
        for continuation in waiting { continuation.finish() }
    }
}

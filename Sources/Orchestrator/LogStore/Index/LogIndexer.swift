import CLinux
import StateDirectory
import Synchronization
import SystemPackage

/// Keeps the index of a project's logs up to date, on a thread of its own with a low priority: services and readers go
/// first, and nothing waits for it.
package final class LogIndexer: Sendable {
    private struct State {
        var isStopping = false
        var stopped: [CheckedContinuation<Void, Never>] = []
        var hasEnded = false
        /// By service.
        var retained: [String: Retention] = [:]
    }
    private let state = Mutex(State())
    private let layout: StateLayout
    private let wake: Int32
    private let report: @Sendable (String) -> Void

    /// What is written is taken in this much later, together with what follows it: a millisecond's work, five times a
    /// second at most.
    private static let pause: Int32 = 200
    /// While the disk is nearly full.
    private static let pressedPause: Int32 = 10
    /// Whoever else fills the disk makes no event here: it is looked at after so long, and more often while it is nearly full
    /// or a shim is about to end.
    private static let idlePause: Int32 = 30_000
    private static let watchfulPause: Int32 = 1_000
    /// After an error, such as a full disk, it is tried again after so long.
    private static let errorPause: Int32 = 5_000

    /// Begins. `report` hears of what keeps the index from being written; it is tried again. `heads` were dropped before.
    package static func start(
        layout: StateLayout, owing heads: [LogHead] = [], report: @escaping @Sendable (String) -> Void
    ) -> LogIndexer {
        let indexer = LogIndexer(layout: layout, report: report)
        BlockingThread.start {
            clinux_be_nice(10)
            // A daemon that has just begun has services to start.
            indexer.sleep(Self.pause)
            indexer.serve(LogRetainer(layout, owing: heads, report: report))
        }
        return indexer
    }

    private init(layout: StateLayout, report: @escaping @Sendable (String) -> Void) {
        self.layout = layout
        self.report = report
        wake = clinux_eventfd()
    }

    deinit { close(wake) }

    /// Returns when the thread has ended. What is not indexed by then is read without an index.
    package func stop() async {
        var one: UInt64 = 1
        state.withLock { $0.isStopping = true }
        // Fails only when the counter is full: then the thread is awake.
        _ = write(wake, &one, 8)
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.stopped.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    /// From now on an instance of each of these services keeps so much.
    package func retain(_ retained: [String: Retention]) { state.withLock { $0.retained = retained } }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    private func serve(_ retainer: LogRetainer) {
        while !isStopping {
            do {
                let watch = try RunsWatch(layout)
                let writer = try IndexWriter(layout)
                try retainer.settle(writer)
                try keepUp(watch, RunIndexer(writer), retainer, writer)
            } catch {
                if retainer.relieveWithoutIndex() { continue }
                report("\(error); it is tried again")
                sleep(Self.errorPause)
            }
        }
        let waiting = state.withLock { state in
            state.hasEnded = true
            return state.stopped
        }
        for continuation in waiting { continuation.resume() }
    }

    private func keepUp(
        _ watch: RunsWatch, _ indexer: RunIndexer, _ retainer: LogRetainer, _ writer: IndexWriter
    ) throws {
        var changed = try watch.all()
        while !isStopping, writer.isCurrent {
            try retainer.relieve(writer)
            let looked = Set(changed.map(\.instance)).union(watch.changedInstances)
            changed = try indexer.look(at: changed)
            for instance in watch.changedInstances { try retainer.runsChanged(of: instance, writer) }
            watch.changedInstances = []
            let retained = state.withLock { $0.retained }
            for instance in looked {
                if let wanted = retained[instance.service] { try retainer.enforce(wanted, on: instance, writer) }
            }
            if isStopping { return }
            if changed.isEmpty {
                let isPressed = retainer.isPressed
                // Nothing is gathered while nothing is written.
                if !looked.isEmpty { sleep(isPressed ? Self.pressedPause : Self.pause) }
                let isWatchful = isPressed || !indexer.lingering.isEmpty
                changed = try watch.next(wake: wake, milliseconds: isWatchful ? Self.watchfulPause : Self.idlePause)
                changed.formUnion(indexer.lingering)
            } else {
                changed.formUnion(try watch.next(wake: wake, milliseconds: 0))
            }
        }
    }

    private func sleep(_ milliseconds: Int32) {
        var polled = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
        poll(&polled, 1, milliseconds)
    }
}

import CLinux
import Dispatch
import ProcessTable
import StateDirectory
import Synchronization

/// Looks all the time whether an instance ever has two runs at once, by locks and by the marks of processes.
final class DoubleWatch: Sendable {
    private struct State {
        var isOver = false
        var findings: [String] = []
        var looks = 0
    }

    private let layout: StateLayout
    private let state = Mutex(State())
    private let ended = DispatchSemaphore(value: 0)

    init(_ layout: StateLayout) {
        self.layout = layout
        DispatchQueue(label: "double watch").async { self.watch() }
    }

    /// What has been seen so far.
    var findings: [String] { state.withLock { $0.findings } }
    var looks: Int { state.withLock { $0.looks } }

    /// Ends the watch; to be called once.
    func end() {
        state.withLock { $0.isOver = true }
        ended.wait()
    }

    private func watch() {
        while !state.withLock({ $0.isOver }) {
            let found = locks() + marks()
            state.withLock {
                $0.findings += found
                $0.looks += 1
            }
            usleep(10_000)
        }
        ended.signal()
    }

    /// A lock that was let go is never taken again, so a first one that is held before and after a second was seen to be
    /// held was held together with it.
    private func locks() -> [String] {
        layout.instances.compactMap { instance in
            let alive = layout.allRuns(of: instance).suffix(4).filter(\.isAlive)
            guard alive.count > 1, alive[0].isAlive else { return nil }
            return "\(instance) has two runs at once: \(alive.map(\.run))"
        }
    }

    private func marks() -> [String] {
        let instances = Dictionary(grouping: ProcessTable.marked(by: layout.root), by: \.instance)
        return instances.values.compactMap { processes in
            guard Set(processes.map(\.run)).count > 1 else { return nil }
            let again = Set(ProcessTable.marked(by: layout.root)).intersection(processes)
            guard Set(again.map(\.run)).count > 1 else { return nil }
            return "processes of two runs at once: "
                + again.map { "\($0.pid) of \($0.run), \($0.command)" }.sorted()
                .joined(separator: "; ")
        }
    }
}

import CLinux
import Foundation
import Synchronization
import SystemPackage

/// A ``TreeWatch`` on a thread of its own, and the way of its changes to the task that acts on them.
///
/// Changes that come while nobody waits are kept, each file once: however long a build takes, afterwards one look tells all
/// that has happened meanwhile.
final class WatchThread: Sendable {
    private struct State {
        var files: Set<FilePath> = []
        var failure: CommandFailure?
        var reader: CheckedContinuation<Void, Never>?
    }
    private let state = Mutex(State())
    /// Written to when the thread is to end.
    private let wake: Int32

    /// Returns when everything is watched: what changes from now on is told.
    init(_ plan: WatchPlan) throws(CommandFailure) {
        wake = clinux_eventfd()
        guard wake >= 0 else { throw .failed("files cannot be watched: \(Errno(rawValue: clinux_errno()))") }
        let handover = Handover(try TreeWatch(plan))
        Thread.detachNewThread { [self] in
            if let watch = handover.take() { serve(watch) }
        }
    }

    deinit { close(wake) }

    /// The files that have changed since it was last asked, at least one. One task at a time.
    func next() async throws(CommandFailure) -> Set<FilePath> {
        while true {
            let (files, failure) = state.withLock { state in
                defer { state.files = [] }
                return (state.files, state.failure)
            }
            if let failure { throw failure }
            if !files.isEmpty { return files }
            await withCheckedContinuation { reader in
                let isReady = state.withLock { state in
                    guard state.files.isEmpty, state.failure == nil else { return true }
                    state.reader = reader
                    return false
                }
                if isReady { reader.resume() }
            }
        }
    }

    /// Ends the thread. Nobody may wait.
    func end() {
        var one: UInt64 = 1
        // Fails only when the counter is full: then the thread is awake.
        _ = write(wake, &one, 8)
    }

    private func serve(_ watch: TreeWatch) {
        while true {
            do {
                guard let files = try watch.next(wake: wake) else { return }
                tell { $0.files.formUnion(files) }
            } catch {
                return tell { $0.failure = error }
            }
        }
    }

    private func tell(_ change: (inout State) -> Void) {
        let reader = state.withLock { state in
            change(&state)
            return state.reader.take()
        }
        reader?.resume()
    }
}

/// Carries the watch to its thread, which is its only owner from then on.
///
/// `@unchecked Sendable`: it is put in by one thread and taken out by another that the first one starts.
private final class Handover: @unchecked Sendable {
    private var watch: TreeWatch?

    init(_ watch: TreeWatch) { self.watch = watch }

    func take() -> TreeWatch? {
        defer { watch = nil }
        return watch
    }
}

import CLinux
import SystemPackage

/// Waits for changes of the files that a plan is about. Belongs to one thread, which it blocks.
///
/// Editors and compilers change files in bursts: a change is told when nothing has moved for `quiet`, and after `longest` in
/// any case.
final class TreeWatch {
    private let quiet: Duration
    private let longest: Duration
    private let watches: InotifyWatches
    private var tree: DirectoryTree

    /// What is there now is no change. Throws when the kernel has no watches left.
    init(
        _ plan: WatchPlan, quiet: Duration = .milliseconds(100), longest: Duration = .seconds(1)
    ) throws(CommandFailure) {
        self.quiet = quiet
        self.longest = longest
        let watches = try InotifyWatches()
        self.watches = watches
        tree = DirectoryTree(
            plan, onEnter: { path throws(CommandFailure) in try watches.add(path) }, onLeave: { watches.remove($0) })
        _ = try tree.look(at: [])
    }

    /// The files that have come, changed or gone, at least one; nil when `wake` can be read.
    func next(wake: Int32) throws(CommandFailure) -> Set<FilePath>? {
        while true {
            var changed: Set<FilePath> = []
            var gone: Set<FilePath> = []
            var first: ContinuousClock.Instant?
            var due: ContinuousClock.Instant?
            while due.map({ $0 > ContinuousClock.now }) ?? true {
                let wait = due.map { max(0, Int32(($0 - ContinuousClock.now) / .milliseconds(1)) + 1) }
                let (news, isWoken) = watches.wait(wake: wake, milliseconds: wait)
                if isWoken { return nil }
                switch news {
                case .nothing: continue
                case .directories(let paths, let lost):
                    changed.formUnion(paths)
                    gone.formUnion(lost)
                case .everything:
                    changed = tree.known
                    gone = tree.known
                }
                let now = ContinuousClock.now
                first = first ?? now
                due = min(now + quiet, (first ?? now) + longest)
            }
            let files = try tree.look(at: changed, gone: gone)
            if !files.isEmpty { return files }
        }
    }
}

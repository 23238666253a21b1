import CLinux
import SystemPackage

/// Says when the files of a run's directory change (inotify(7)), so that nobody need look at them again and again.
///
/// Belongs to the loop's thread. One descriptor for all runs, opened when the first is watched.
final class RunWatch {
    private let loop: EventLoop
    /// Called on the loop's thread when there is something to `read`.
    private let wake: @Sendable () -> Void
    private var descriptor: Int32 = -1
    private var watchers: [Int32: Int] = [:]

    init(loop: EventLoop, wake: @escaping @Sendable () -> Void) {
        self.loop = loop
        self.wake = wake
    }

    deinit {
        if descriptor >= 0 { loop.forget(descriptor) }
    }

    /// Watches a run's directory under a number; nil when the kernel has no watch left, and its files must be looked at.
    func add(_ directory: FilePath, for number: Int) -> Int32? {
        if descriptor < 0 {
            descriptor = clinux_inotify_open()
            guard descriptor >= 0 else { return nil }
            loop.once(readable: descriptor, wake)
        }
        let watch = clinux_inotify_watch(descriptor, directory.string)
        guard watch >= 0 else { return nil }
        watchers[watch] = number
        return watch
    }

    func remove(_ watch: Int32) {
        watchers[watch] = nil
        // Fails only when the directory is gone, and its watch with it.
        _ = clinux_inotify_unwatch(descriptor, watch)
    }

    /// The numbers whose directories have changed; all of them when the kernel dropped something.
    func read() -> Set<Int> {
        defer { loop.once(readable: descriptor, wake) }
        return withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 8) { buffer in
            var changed: Set<Int> = []
            while true {
                let count = CLinux.read(descriptor, buffer.baseAddress, buffer.count)
                // Empty for now (EAGAIN): the descriptor does not block.
                guard count > 0 else { return changed }
                var position = 0
                var change = clinux_inotify_change()
                while clinux_inotify_next(buffer.baseAddress, count, &position, &change) != 0 {
                    if change.overflow != 0 { changed.formUnion(watchers.values) }
                    if let number = watchers[change.watch] { changed.insert(number) }
                }
            }
        }
    }
}

import CLinux
import SystemPackage

/// inotify(7) on directories. What an event says is only where to look; what is there is read from the directory.
///
/// Belongs to one thread.
final class DirectoryWatch {
    /// Where something happened.
    enum Change: Hashable {
        case directory(FilePath)
        /// The kernel dropped events: look everywhere.
        case everything
    }
    private let descriptor: Int32
    private var paths: [Int32: FilePath] = [:]
    private var watches: [FilePath: Int32] = [:]

    init(root: FilePath) throws(LogError) {
        descriptor = clinux_inotify_open()
        guard descriptor >= 0 else { throw .watch(root, Errno(rawValue: clinux_errno())) }
    }

    deinit { close(descriptor) }

    /// Watches a directory for entries that appear and files that grow; false when there is no such directory.
    func add(_ directory: FilePath) throws(LogError) -> Bool {
        let watch = clinux_inotify_watch(descriptor, directory.string)
        guard watch >= 0 else {
            let error = Errno(rawValue: clinux_errno())
            if error == .noSuchFileOrDirectory || error == .notDirectory { return false }
            throw .watch(directory, error)
        }
        paths[watch] = directory
        watches[directory] = watch
        return true
    }

    func remove(_ directory: FilePath) {
        guard let watch = watches.removeValue(forKey: directory) else { return }
        paths[watch] = nil
        // Fails only when the directory is gone, and its watch with it.
        _ = clinux_inotify_unwatch(descriptor, watch)
    }

    /// Blocks until something changes, `wake` can be read, or the time is up; nil waits for ever. Returns what is
    /// known to have changed, and whether it was woken.
    func wait(wake: Int32, milliseconds: Int32?) -> (changes: Set<Change>, isWoken: Bool) {
        var polled = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
        ]
        // An interrupted wait is one that brought nothing; the caller waits again.
        guard poll(&polled, 2, milliseconds ?? -1) > 0 else { return ([], false) }
        return (polled[0].revents == 0 ? [] : changes(), polled[1].revents != 0)
    }

    private func changes() -> Set<Change> {
        var changes: Set<Change> = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            // Empty for now (EAGAIN): the descriptor does not block.
            guard count > 0 else { return changes }
            var position = 0
            var change = clinux_inotify_change()
            while clinux_inotify_next(buffer, count, &position, &change) != 0 {
                if change.overflow != 0 { changes.insert(.everything) }
                guard let path = paths[change.watch] else { continue }
                changes.insert(.directory(path))
                if change.gone != 0 {
                    paths[change.watch] = nil
                    watches[path] = nil
                }
            }
        }
    }
}

import CLinux
import SystemPackage

/// inotify(7) on directories: which of them to look at.
final class InotifyWatches {
    enum News {
        case nothing
        /// With those that have been removed, and are not watched any more.
        case directories(Set<FilePath>, gone: Set<FilePath>)
        /// The kernel dropped events: look everywhere, and watch everything again.
        case everything
    }
    private let descriptor: Int32
    private var paths: [Int32: FilePath] = [:]
    private var numbers: [FilePath: Int32] = [:]

    init() throws(CommandFailure) {
        descriptor = clinux_inotify_open()
        guard descriptor >= 0 else {
            throw .failed(
                "files cannot be watched: \(Errno(rawValue: clinux_errno()))",
                hint: "raise fs.inotify.max_user_instances (sysctl), or end other watchers")
        }
    }

    deinit { close(descriptor) }

    /// False when there is no such directory any more, or it may not be read.
    func add(_ directory: FilePath) throws(CommandFailure) -> Bool {
        let number = clinux_inotify_watch_entries(descriptor, directory.string)
        guard number >= 0 else {
            let error = Errno(rawValue: clinux_errno())
            guard error == .noSpace || error == .noMemory else { return false }
            throw .failed(
                "\(directory) is one directory more than the \(paths.count) that can be watched",
                hint: "raise fs.inotify.max_user_watches (sysctl), or name less in develop.watch")
        }
        paths[number] = directory
        numbers[directory] = number
        return true
    }

    func remove(_ directory: FilePath) {
        guard let number = numbers.removeValue(forKey: directory) else { return }
        paths[number] = nil
        // Fails only when the directory is gone, and its watch with it.
        _ = clinux_inotify_unwatch(descriptor, number)
    }

    func wait(wake: Int32, milliseconds: Int32?) -> (news: News, isWoken: Bool) {
        var polled = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
        ]
        // An interrupted wait is one that brought nothing; the caller waits again.
        guard poll(&polled, 2, milliseconds ?? -1) > 0 else { return (.nothing, false) }
        return (polled[0].revents == 0 ? .nothing : read(), polled[1].revents != 0)
    }

    private func read() -> News {
        var directories: Set<FilePath> = []
        var gone: Set<FilePath> = []
        var hasOverflowed = false
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = buffer.withUnsafeMutableBytes { CLinux.read(descriptor, $0.baseAddress, $0.count) }
            // Empty for now (EAGAIN): the descriptor does not block.
            guard count > 0 else { return hasOverflowed ? .everything : .directories(directories, gone: gone) }
            var position = 0
            var change = clinux_inotify_change()
            while clinux_inotify_next(buffer, count, &position, &change) != 0 {
                if change.overflow != 0 { hasOverflowed = true }
                guard let path = paths[change.watch] else { continue }
                directories.insert(path)
                if change.gone != 0 {
                    gone.insert(path)
                    paths[change.watch] = nil
                    numbers[path] = nil
                }
            }
        }
    }
}

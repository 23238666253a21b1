import CLinux
import SystemPackage

/// The events of a project as they are written, each once, for as long as somebody asks; no daemon is needed, and none that
/// comes and goes matters.
///
/// It is told by inotify(7) when to look, and looks for what is newer than the last it has given. A directory or a database
/// that is not there yet, or is replaced by another, is looked for. Belongs to one thread, which it blocks.
package final class EventFollower {
    private let layout: StateLayout
    private var query: EventQuery
    private let inotify: Int32
    private var database: Connection?

    /// `query` says what to begin with; its tail counts only what is there at the first look.
    package init(layout: StateLayout, query: EventQuery) throws(StateError) {
        self.layout = layout
        self.query = query
        inotify = clinux_inotify_open()
        guard inotify >= 0 else { throw .watch(layout.root, Errno(rawValue: clinux_errno())) }
    }

    deinit { close(inotify) }

    /// The next events, at least one; empty only when nothing at all has moved for `milliseconds`. nil waits for ever.
    package func next(milliseconds: Int32? = nil) throws(StateError) -> [StoredEvent] {
        while true {
            // Before it is looked: what is written from now on is told, by the writer or by the closing of its files.
            try watch()
            let events = try look()
            if !events.isEmpty { return events }
            if !wait(milliseconds) { return [] }
        }
    }

    /// Adding a watch that is there already changes nothing.
    private func watch() throws(StateError) {
        // Above it, to hear of its making; it may be removed and made again at any time.
        for path in [layout.root.removingLastComponent(), layout.root] {
            guard clinux_inotify_watch_entries(inotify, path.string) < 0 else { continue }
            let error = Errno(rawValue: clinux_errno())
            if error != .noSuchFileOrDirectory && error != .notDirectory { throw .watch(path, error) }
        }
    }

    private func look() throws(StateError) -> [StoredEvent] {
        defer { query.tail = nil }
        guard let file = FileIdentity(layout.database) else { return [] }
        if database?.file != file {
            // Another database counts from 1 again.
            if database != nil { query.after = 0 }
            database = try Connection(layout.database, file)
        }
        guard let database else { return [] }
        let last = try database.query.rows("SELECT max(seq) FROM events") { $0.integer(0) ?? 0 }.first ?? 0
        guard last > query.after else { return [] }
        let events = try query.events(in: database.query, upTo: last)
        query.after = last
        return events
    }

    /// False when the time was over.
    private func wait(_ milliseconds: Int32?) -> Bool {
        var polled = pollfd(fd: inotify, events: Int16(POLLIN), revents: 0)
        // An interrupted wait is taken for news: it is looked once more.
        guard poll(&polled, 1, milliseconds ?? -1) != 0 else { return false }
        var buffer = [UInt8](repeating: 0, count: 16_384)
        // What the news are is of no interest. Empty for now (EAGAIN): the descriptor does not block.
        while buffer.withUnsafeMutableBytes({ read(inotify, $0.baseAddress, $0.count) }) > 0 {}
        return true
    }
}

/// A database that stays open: opening it anew would make files beside it, and so news of its own.
private final class Connection {
    let query: StateQuery
    let file: FileIdentity

    /// nil when it has just been removed.
    init?(_ path: FilePath, _ file: FileIdentity) throws(StateError) {
        guard let query = try StateQuery(path) else { return nil }
        self.query = query
        self.file = file
    }
}

/// A file, and not another that took its name later.
struct FileIdentity: Hashable {
    private let device: UInt64
    private let inode: UInt64

    /// nil when there is none.
    init?(_ path: FilePath) {
        var status = stat()
        guard stat(path.string, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }
}

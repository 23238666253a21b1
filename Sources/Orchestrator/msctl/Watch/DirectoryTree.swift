import CLinux
import Glibc
import SystemPackage

/// What the directories that matter hold, as it was when they were last looked at: a look again tells what has changed.
///
/// Nothing depends on what an event of inotify(7) said, so none that is lost or comes late makes a difference once it is
/// known that one was.
struct DirectoryTree {
    /// One entry of a directory. Any change of a file's bytes, name or mode sets its change time.
    private struct Entry: Hashable {
        let inode: UInt64
        let seconds: Int
        let nanoseconds: Int
        let isDirectory: Bool

        static func == (a: Self, b: Self) -> Bool {
            guard a.isDirectory == b.isDirectory, a.inode == b.inode else { return false }
            return a.isDirectory || (a.seconds, a.nanoseconds) == (b.seconds, b.nanoseconds)
        }
    }

    private struct Directory {
        let identity: Identity
        var entries: [String: Entry] = [:]
    }

    private struct Identity: Hashable {
        let device: UInt64
        let inode: UInt64

        init?(_ directory: FilePath) {
            var status = stat()
            guard stat(directory.string, &status) == 0 else { return nil }
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
        }
    }

    /// A directory that matters has come, and must be watched before it is read; false when it is gone already.
    var onEnter: (FilePath) throws(CommandFailure) -> Bool
    var onLeave: (FilePath) -> Void
    private let plan: WatchPlan
    private var directories: [FilePath: Directory] = [:]
    /// A link back up must not make an endless tree.
    private var visited: Set<Identity> = []
    /// Directories that are known by another path; should that go, they are entered.
    private var aliases: Set<FilePath> = []

    init(
        _ plan: WatchPlan, onEnter: @escaping (FilePath) throws(CommandFailure) -> Bool,
        onLeave: @escaping (FilePath) -> Void
    ) {
        self.plan = plan
        self.onEnter = onEnter
        self.onLeave = onLeave
    }

    /// Every directory that is known.
    var known: Set<FilePath> { Set(directories.keys) }

    /// Looks at directories again, and below those that are new. Returns the files that matter and have come, changed or
    /// gone.
    ///
    /// - Parameter gone: directories that have been removed, whatever is there now: nothing tells of it any more.
    mutating func look(at changed: Set<FilePath>, gone: Set<FilePath> = []) throws(CommandFailure) -> Set<FilePath> {
        var files: Set<FilePath> = []
        for directory in gone { try again(directory) }
        // All that has gone first: what has moved is then new in its new place, whichever of the two is looked at first.
        var new = aliases
        aliases = []
        for directory in changed.union(gone) { new.formUnion(read(directory, &files)) }
        for directory in new { try enter(directory, &files) }
        // What is watched may have come back after the directory that it was looked for in had gone.
        for root in plan.roots {
            let anchor = Self.anchor(of: root)
            if directories[anchor] == nil { try enter(anchor, &files) }
        }
        return files
    }

    /// A new directory in the place of one that was removed: what it holds is compared with what that held.
    private mutating func again(_ directory: FilePath) throws(CommandFailure) {
        guard let old = directories[directory], let identity = Identity(directory), try onEnter(directory) else {
            return
        }
        visited.remove(old.identity)
        visited.insert(identity)
        directories[directory] = Directory(identity: identity, entries: old.entries)
    }

    /// The nearest directory above that exists: there a root is looked for, because it may come and go itself.
    private static func anchor(of root: FilePath) -> FilePath {
        var anchor = root.removingLastComponent()
        while clinux_is_directory(anchor.string) == 0, anchor.removeLastComponent() {}
        return anchor
    }

    private mutating func enter(_ directory: FilePath, _ files: inout Set<FilePath>) throws(CommandFailure) {
        // Gone again, or moved with what it is in.
        guard directories[directory] == nil, let identity = Identity(directory) else { return }
        guard !visited.contains(identity) else {
            aliases.insert(directory)
            return
        }
        guard try onEnter(directory) else { return }
        directories[directory] = Directory(identity: identity)
        visited.insert(identity)
        for inner in read(directory, &files) { try enter(inner, &files) }
    }

    private mutating func leave(_ directory: FilePath, _ files: inout Set<FilePath>) {
        guard let known = directories.removeValue(forKey: directory) else { return }
        visited.remove(known.identity)
        onLeave(directory)
        for (name, entry) in known.entries { forget(directory.appending(name), entry, &files) }
    }

    private mutating func forget(_ path: FilePath, _ entry: Entry, _ files: inout Set<FilePath>) {
        if entry.isDirectory { leave(path, &files) } else { files.insert(path) }
    }

    /// Compares what a directory holds with what it held; returns the directories in it that are new.
    private mutating func read(_ directory: FilePath, _ files: inout Set<FilePath>) -> [FilePath] {
        guard let before = directories[directory]?.entries else { return [] }
        guard let after = entries(of: directory) else {
            leave(directory, &files)
            return []
        }
        directories[directory]?.entries = after
        for (name, old) in before where after[name] != old {
            // A directory that another has taken the place of; a changed file is told below.
            if old.isDirectory || after[name] == nil { forget(directory.appending(name), old, &files) }
        }
        var new: [FilePath] = []
        for (name, entry) in after where before[name] != entry {
            if entry.isDirectory {
                new.append(directory.appending(name))
            } else {
                files.insert(directory.appending(name))
            }
        }
        return new
    }

    /// Those that matter; nil when the directory is gone or may not be read any more.
    private func entries(of directory: FilePath) -> [String: Entry]? {
        guard let stream = opendir(directory.string) else { return nil }
        defer { closedir(stream) }
        var entries: [String: Entry] = [:]
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            let path = directory.appending(name)
            var status = stat()
            // A link to nothing, or a file that has just gone.
            guard stat(path.string, &status) == 0 else { continue }
            let isDirectory = status.st_mode & 0o170000 == 0o040000
            guard isDirectory ? plan.looksInto(path) : !plan.effects(of: path).isEmpty else { continue }
            entries[name] = Entry(
                inode: UInt64(status.st_ino), seconds: status.st_ctim.tv_sec, nanoseconds: status.st_ctim.tv_nsec,
                isDirectory: isDirectory)
        }
        return entries
    }
}

import Foundation

/// Tells one version of a file from the next: another inode, time or size.
///
/// Through Foundation rather than stat(2): linked statically, Foundation brings declarations of its own for C's `stat`,
/// and the same source would not compile both ways.
struct FileStamp: Equatable {
    private let inode: UInt64
    private let modified: Date
    private let size: UInt64

    /// nil when there is no such file.
    init?(_ path: String) {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let inode = attributes[.systemFileNumber] as? UInt64, let modified = attributes[.modificationDate] as? Date,
            let size = attributes[.size] as? UInt64
        else { return nil }
        self.inode = inode
        self.modified = modified
        self.size = size
    }
}

import Foundation

/// Tells one version of a file from the next: another inode, time or size. As the kernel's clock for files ticks every
/// few milliseconds, and inodes are soon used again, a version so young that the next could look the same differs from
/// itself later on.
///
/// Through Foundation rather than stat(2): linked statically, Foundation brings declarations of its own for C's `stat`,
/// and the same source would not compile both ways.
struct FileStamp: Equatable {
    private let inode: UInt64
    private let modified: Date
    private let size: UInt64
    private let isSettled: Bool

    /// nil when there is no such file.
    init?(_ path: String) {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let inode = attributes[.systemFileNumber] as? UInt64, let modified = attributes[.modificationDate] as? Date,
            let size = attributes[.size] as? UInt64
        else { return nil }
        isSettled = modified.timeIntervalSinceNow < -0.1
        self.inode = inode
        self.modified = modified
        self.size = size
    }
}

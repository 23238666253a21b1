import SystemPackage

/// Tells one version of a file from the next: another inode, time or size. As the kernel's clock for files ticks every
/// few milliseconds, and inodes are soon used again, a version so young that the next could look the same differs from
/// itself later on.
///
/// By stat(2) and nothing else, since it is asked on event loops: Foundation's attributes have the names of the owner and
/// the group among them, which may be looked up over the network.
struct FileStamp: Equatable {
    private let inode: UInt64
    /// In nanoseconds since 1970.
    private let modified: Int64
    private let size: Int64
    private let isSettled: Bool

    /// nil when there is no such file.
    init?(_ path: String) {
        guard let status = try? Stat(FilePath(path)) else { return nil }
        // By its layout, two words: which module its members belong to depends on how the standard library is linked.
        let (seconds, nanoseconds) = withUnsafeBytes(of: status.st_mtim) { time in
            (time.loadUnaligned(as: Int.self), time.loadUnaligned(fromByteOffset: MemoryLayout<Int>.size, as: Int.self))
        }
        inode = UInt64(status.inode.rawValue)
        modified = Int64(seconds) * 1_000_000_000 + Int64(nanoseconds)
        size = status.size
        isSettled = Timestamp.now().milliseconds - modified / 1_000_000 > 100
    }
}
